// The proofs that take minutes: those marked $nightly in a formal.json (scripts/formal.ts).
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cells = readdirSync(join(root, "testbench/cells")).filter((cell) => {
  try {
    return readFileSync(join(root, "testbench/cells", cell, "formal.json"), "utf8").includes('"$nightly"');
  } catch {
    return false;
  }
});

test.each(cells)("%s", { timeout: 1_800_000 }, (cell) => {
  const args = [join(root, "node_modules/tsx/dist/cli.mjs"), join(root, "scripts/formal.ts"), "--nightly", cell];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(stdout).toMatch(/^\d+ sets proved$/m);
  expect(stdout).not.toContain("are left to --nightly");
  expect(status).toBe(0);
});
