// The example that opens the library is run as it stands.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";

const entry = resolve(import.meta.dirname, "index.ts");
const root = resolve(import.meta.dirname, "..");

test("the example of index.ts", () => {
  const header = readFileSync(entry, "utf8").split("*/")[0]!;
  const code = header
    .split("\n")
    .map((l) => l.replace(/^ \* ?/, ""))
    .join("\n")
    .split("```")[1]!
    .replace(/^ts\n/, "")
    .replaceAll('"addernet-rtl"', JSON.stringify(pathToFileURL(entry).href));
  const dir = mkdtempSync(join(tmpdir(), "addernet-example-"));
  try {
    const file = join(dir, "example.mts");
    writeFileSync(file, code);
    const run = spawnSync(process.execPath, ["--import", "tsx", file], { cwd: root, encoding: "utf8" });
    expect(run.stderr).toBe("");
    const [made, logic, proof, words] = run.stdout.trim().split("\n");
    expect(made).toMatch(/^\d+ files, \d+ clocks a frame at 12 MHz$/);
    expect(Number(/\d+/.exec(made!)![0])).toBeGreaterThan(20);
    expect(logic).toMatch(/^[1-9]\d* of 5280 LUTs$/);
    expect(proof).toMatch(/^4 images equal at \d+ streams$/);
    expect(words).toContain("hidden");
  } finally {
    rmSync(dir, { recursive: true });
  }
});
