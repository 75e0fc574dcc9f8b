import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { BuildError, type Design, run } from "../index.ts";
import { verilatorVersion } from "./tools.ts";

afterEach(() => vi.unstubAllEnvs());

/** An executable that answers what a Verilator would. */
function pretend(answers: Readonly<Record<string, string>>, header?: string): string {
  const dir = mkdtempSync(join(tmpdir(), "tb-tool-"));
  if (header) {
    mkdirSync(join(dir, "include"));
    writeFileSync(join(dir, "include/verilated_config.h"), header);
  }
  const path = join(dir, "verilator");
  const cases = Object.entries({ "--getenv": dir, ...answers }).map(([flag, text]) => `${flag}) echo '${text}';;`);
  writeFileSync(path, `#!/bin/sh\ncase "$1" in\n${cases.join("\n")}\n*) exit 9;;\nesac\n`);
  chmodSync(path, 0o755);
  return path;
}
const design: Design = { top: "t", sources: [join(import.meta.dirname, "../fixtures/two_clocks.v")] };
const build = (): Promise<unknown> => run(design, { sim: "verilator" }, async () => undefined);

test("a Verilator that is too old is refused with what it says and what is needed", async () => {
  vi.stubEnv("ADDERNET_VERILATOR", pretend({ "--version": "Verilator 5.004 2022-12-14 rev v5.004" }));
  await expect(build()).rejects.toThrow(BuildError);
  await expect(build()).rejects.toThrow(
    'verilator is too old: "Verilator 5.004 2022-12-14 rev v5.004"; the test bench library needs Verilator 5.006 or newer',
  );
});
test("the oldest one that is taken", async () => {
  vi.stubEnv("ADDERNET_VERILATOR", pretend({ "--version": "Verilator 5.006 2023-01-22" }));
  expect(await verilatorVersion()).toBe("Verilator 5.006 2023-01-22");
});
test("a program without a number: the header of its runtime has it", async () => {
  const config = '#define VERILATOR_PRODUCT "Verilator"\n#define VERILATOR_VERSION "5.49"\n';
  vi.stubEnv("ADDERNET_VERILATOR", pretend({ "--version": " rev vUNKNOWN-built1" }, config));
  expect(await verilatorVersion()).toBe("Verilator 5.49 rev vUNKNOWN-built1");
  vi.stubEnv("ADDERNET_VERILATOR", pretend({ "--version": "who knows" }));
  await expect(build()).rejects.toThrow("cannot read a version in what verilator says: who knows");
});
test("a Verilator that is not there is named with the variable that asked for it", async () => {
  vi.stubEnv("ADDERNET_VERILATOR", "/nowhere/verilator");
  await expect(build()).rejects.toThrow(
    "/nowhere/verilator, which ADDERNET_VERILATOR names, was not found; the test bench library needs Verilator 5.006 or newer (Debian: apt-get install verilator)",
  );
});
test("without any simulator on PATH the message says what to install", async () => {
  vi.stubEnv("ADDERNET_VERILATOR", "");
  vi.stubEnv("PATH", "/nowhere");
  vi.resetModules();
  const fresh = await import("../index.ts");
  for (const [sim, text] of [
    ["verilator", "verilator was not found on PATH; the test bench library needs Verilator 5.006 or newer"],
    ["icarus", "iverilog was not found on PATH; the test bench library needs Icarus Verilog 11 or newer"],
  ] as const)
    await expect(fresh.run(design, { sim }, async () => undefined)).rejects.toThrow(text);
});
