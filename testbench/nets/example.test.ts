// The committed example is what the compiler writes today.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./build.ts";
import { exampleFiles, exampleFolder } from "./example.ts";

const dir = join(root, exampleFolder);
const committed = readdirSync(dir, { recursive: true, encoding: "utf8" })
  .filter((f) => statSync(join(dir, f)).isFile() && !f.startsWith("build/"))
  .sort();

test("the same files, byte by byte (npx tsx scripts/update-example.ts writes them anew)", () => {
  const files = exampleFiles();
  expect(committed).toEqual([...files.keys()].sort());
  for (const [path, text] of files) expect(readFileSync(join(dir, path), "utf8") === text, path).toBe(true);
});

test("it is small", () => {
  expect(committed.reduce((n, f) => n + statSync(join(dir, f)).size, 0)).toBeLessThan(300_000);
});
