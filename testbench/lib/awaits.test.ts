// A task is joined: `await` of one waits for nothing, and no type says so.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectFiles } from "../mutants/copy.ts";
import { root } from "../nets/build.ts";

/** Names of tasks that a text awaits without `join`. */
function awaited(text: string): string[] {
  const tasks = [...text.matchAll(/\b(\w+)(?:: [^=;]+)? =[^=;]*?\b\w+\.start\(/g)].map((m) => m[1]!);
  return tasks.filter((name) => new RegExp(`\\bawait ${name};`).test(text));
}

test("nobody awaits a task in place of its end", () => {
  const files = projectFiles().filter((f) => /^(generator|testbench|bench|scripts|examples)\/.*\.ts$/.test(f));
  expect(files.length).toBeGreaterThan(300);
  const wrong = files.flatMap((f) => awaited(readFileSync(join(root, f), "utf8")).map((name) => `${f}: ${name}`));
  expect(wrong).toEqual([]);
});

test("the search finds what it is for", () => {
  expect(awaited("const again = port ? tb.start(() => load()) : undefined;\nawait again;")).toEqual(["again"]);
  expect(awaited("const a =\n  x && y\n    ? tb.start(async () => {})\n    : undefined;\nawait a;")).toEqual(["a"]);
  expect(awaited("const a = tb.start(work); await a.join();")).toEqual([]);
});
