// Runs sets of tests as they are asked for, in the project that it is a file of: Vitest starts once for all of them.
import { resolve } from "node:path";
import { createVitest, type TestCase, type Vitest } from "vitest/node";
import { root } from "../nets/build.ts";

/** What is asked: tests of a project of Vitest. */
export interface Asked {
  readonly project: string;
  /** Files or folders of tests, from the project's root. */
  readonly files: readonly string[];
  /** Source of a pattern of titles: these tests alone. */
  readonly only: string | undefined;
  /** Source files that have another text than at the last request. */
  readonly changed: readonly string[];
}

export interface Answer {
  /** Tests that passed; with `failed` not all were run. */
  readonly passed: number;
  /** A pattern of titles for the first test that failed; empty where a file as a whole did. */
  readonly failed?: string;
  /** All tests passed, and an error came that belongs to none: it may be late, of a run that ended early. */
  readonly stray?: boolean;
  readonly output: string;
}

const started = new Map<string, Promise<Vitest>>();

const vitestOf = (project: string): Promise<Vitest> => {
  const known =
    started.get(project) ??
    createVitest("test", {
      ...{ root, project: [project], watch: false, run: true, bail: 1, maxWorkers: 1, isolate: false },
      ...{ silent: true, reporters: [{}] },
    });
  started.set(project, known);
  return known;
};

/** Titles from the file's outermost `describe` to the test's own, as a pattern of titles sees them. */
function titleOf(test: TestCase): string {
  const titles = [test.name];
  for (let at = test.parent; at.type === "suite"; at = at.parent) titles.unshift(at.name);
  return `${titles.join(" ").replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
}

async function answer({ project, files, only, changed }: Asked): Promise<Answer> {
  const vitest = await vitestOf(project);
  // Those of the other projects will not be told again.
  for (const each of started.values()) for (const file of changed) (await each).invalidateFile(resolve(root, file));
  vitest.setGlobalTestNamePattern(only ?? "");
  const specs = await vitest.globTestSpecifications([...files]);
  if (specs.length === 0) return { passed: 0, failed: "", output: `no tests in ${files.join(" ")}` };
  const { testModules: known, unhandledErrors } = await vitest.runTestSpecifications(specs);
  // Vitest tells of all files that it ever ran here.
  const asked = new Set(specs.map((s) => s.moduleId));
  const testModules = known.filter((m) => asked.has(m.moduleId));
  const tests = testModules.flatMap((m) => [...m.children.allTests()]);
  const wrong = tests.find((t) => t.result().state === "failed");
  const passed = tests.filter((t) => t.result().state === "passed").length;
  const own = [...testModules.flatMap((m) => m.errors()), ...(wrong?.result().errors ?? [])];
  const others = unhandledErrors as { message?: string }[];
  const sound = own.length === 0 && testModules.every((m) => m.ok());
  return {
    passed,
    ...(sound && others.length === 0 ? {} : { failed: wrong ? titleOf(wrong) : "" }),
    ...(sound && others.length > 0 ? { stray: true } : {}),
    output: [...own, ...others].map((e) => String(e.message ?? e)).join("\n"),
  };
}

process.on("message", (asked: Asked) => {
  answer(asked).then(
    (a) => process.send!(a),
    (e: unknown) => process.send!({ passed: 0, failed: "", output: String(e) } satisfies Answer),
  );
});
process.on("disconnect", () => process.exit());
