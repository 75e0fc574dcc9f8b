// The command line as scripts and CI use it: JSON on stdout, exit codes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./build.ts";
import { folder, tool } from "./tools.ts";

const network = join(root, "examples/tiny-mnist/network.json");
const addernet = (cwd: string, ...args: string[]) =>
  tool(process.execPath, [join(root, "scripts/addernet.mjs"), ...args, "--calibration-count", "50"], cwd);

test("verify --json: 0 and the facts of each simulator", async () => {
  const { code, stdout } = await addernet(
    folder(),
    ...["verify", network, "--json", "--fps", "20000", "--count", "2", "--simulator", "all", "--stall", "0.2"],
  );
  const { command, ok, results } = JSON.parse(stdout);
  expect({ command, ok }).toEqual({ command: "verify", ok: true });
  expect(results.map((r: { sim: string }) => r.sim)).toEqual(["verilator", "icarus"]);
  for (const r of results) expect(r).toMatchObject({ frames: 2, stall: 0.2, seed: 1 });
  expect(code).toBe(0);
});

test("verify --json: 1 and a diagnostic for images of the wrong shape", async () => {
  const labels = join(root, "examples/mnist/test_labels.npy");
  const { code, stdout } = await addernet(folder(), "verify", network, "--json", "--images", labels);
  const { ok, diagnostics } = JSON.parse(stdout);
  expect(ok).toBe(false);
  expect(diagnostics[0].code).toMatch(/^AN6/);
  expect(code).toBe(1);
});

test("build writes a test bench with the images it is given, or says that there is none", async () => {
  const cwd = folder();
  const images = join(root, "examples/mnist/test_images.npy");
  const built = await addernet(cwd, "build", network, "--json", "-o", "out", "--images", images);
  expect(built.code).toBe(0);
  const { folder: name, top, files } = JSON.parse(built.stdout);
  expect([name, top]).toEqual(["out", "tiny"]);
  for (const f of ["Makefile", "tiny.core", "tb/tiny_tb.v", "tb/tiny_in.mem", "tb/tiny_out_0.mem"]) {
    expect(files).toContain(f);
    expect(readFileSync(join(cwd, "out", f), "utf8").length).toBeGreaterThan(0);
  }
  expect(readFileSync(join(cwd, "out/tb/tiny_in.mem"), "utf8").trim().split("\n").length).toBe(2 * 784);

  const quantized = await addernet(cwd, "quantize", network, "-o", "integers");
  expect(quantized.code).toBe(0);
  const without = await addernet(cwd, "build", "integers/integers.json", "-o", "bare");
  expect(without).toMatchObject({ code: 0 });
  expect(without.output).toContain("--images");
});
