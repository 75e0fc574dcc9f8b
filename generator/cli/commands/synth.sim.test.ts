// From network to bitstream, and L1 layers beside multiplying layers, by the tools themselves: many minutes, so only where
// ADDERNET_SLOW=1 asks for it. docs/synth.md has the figures of one run.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { whyNotPlaced } from "../../device/flow/flow.ts";
import { findProgram, machineTools } from "../../device/flow/tools.ts";
import { targetOf } from "../../targets/index.ts";
import { verifyBitstream } from "../bitstream.ts";
import { makeConsole } from "../console.ts";
import { type CompareArgs, compareCommand } from "./compare.ts";
import { type SynthArgs, synthCommand } from "./synth.ts";

const slow = process.env.ADDERNET_SLOW === "1";
if (!slow)
  console.warn("synthesis, place and route and the comparison run with ADDERNET_SLOW=1 only: they take minutes");
const HOUR = 3_600_000;

const examples = resolve(import.meta.dirname, "../../../examples");
const tiny = join(examples, "tiny-mnist/network.json");
const lenet = join(examples, "lenet5-mnist/network.json");
const dir = mkdtempSync(join(tmpdir(), "synth-test-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const quiet = makeConsole(true, "test");

async function synth(network: string, args: Partial<SynthArgs> & { readonly target: string }) {
  const output = join(dir, args.target);
  const all = { dsp: true, native: false, place: true, seed: 1, output, ...args };
  await synthCommand(network, all, false, quiet);
  return { output, report: JSON.parse(readFileSync(join(output, "synth.json"), "utf8")) };
}

async function compare(network: string, args: Partial<CompareArgs> & { readonly target: string }) {
  const output = join(dir, `compare-${args.target}`);
  const all = { dsp: false, native: true, place: false, seed: 1, output, ...args };
  await compareCommand(network, all, false, quiet);
  return JSON.parse(readFileSync(join(output, "compare.json"), "utf8"));
}

describe.skipIf(!slow)("from network to bitstream (needs ADDERNET_SLOW=1)", () => {
  test(
    "tiny-mnist on iCEBreaker with npm packages alone",
    async () => {
      const { output, report } = await synth(tiny, { target: "icebreaker" });
      expect(report.reachedMHz).toBeGreaterThanOrEqual(12);
      expect(report.total.lut).toBeLessThanOrEqual(report.resources.lut);
      expect(statSync(join(output, report.bitstream)).size).toBeGreaterThan(100_000);
      expect(report.layers.map((l: { layer: string }) => l.layer)).toContain("conv1");
      expect(report.criticalPath.length).toBeGreaterThan(0);
      expect(report.nanojoulesPerFrame).toBeGreaterThan(0);
      for (const file of ["yosys.log", "nextpnr.log", "timing.json"])
        expect(existsSync(join(output, "synth", file))).toBe(true);
    },
    HOUR,
  );

  test.skipIf(!findProgram("icebox_vlog"))(
    "its bitstream answers an image as golden does (needs icebox_vlog)",
    async () => {
      const args = { simulator: "verilator", native: false, waves: false, clock: 12, count: 1, stall: 0, seed: 1 };
      expect(await verifyBitstream(tiny, { ...args, target: "icebreaker" }, quiet)).toMatchObject({ ok: true });
    },
    HOUR,
  );

  test.skipIf(whyNotPlaced(targetOf("ulx3s-85f"), machineTools) !== undefined)(
    "LeNet-5 in 4 bits at 80 MHz on ULX3S (needs nextpnr-ecp5 and ecppack)",
    async () => {
      const { report } = await synth(lenet, { target: "ulx3s-85f", bits: 4, fps: 1000, clock: 80 });
      expect(report.reachedMHz).toBeGreaterThanOrEqual(80);
    },
    HOUR,
  );

  test.skipIf(whyNotPlaced(targetOf("tangnano20k"), machineTools) !== undefined)(
    "LeNet-5 in 4 bits on Tang Nano 20K (needs nextpnr-himbaechel and gowin_pack)",
    async () => {
      const { report } = await synth(lenet, { target: "tangnano20k", bits: 4, fps: 500 });
      expect(report.reachedMHz).toBeGreaterThanOrEqual(27);
    },
    HOUR,
  );
});

describe.skipIf(!slow)("L1 layers take less than multiplying layers (needs ADDERNET_SLOW=1)", () => {
  test.each(["xc7", "ecp5", "ice40"])(
    "LeNet-5 in 8 bits on %s: 71 % less logic in all",
    async (target) => {
      const { savings } = await compare(lenet, { target, bits: 8, mode: "pow2", fps: 30_000 });
      expect(savings[0].allLogic).toBeGreaterThanOrEqual(0.71);
      expect(savings[0].arraysLogic).toBeGreaterThan(savings[0].allLogic);
      expect(savings[0].activeEnergy).toBeGreaterThan(0.48);
    },
    HOUR,
  );

  test.skipIf(whyNotPlaced(targetOf("ulx3s-85f"), machineTools) !== undefined)(
    "tiny-mnist on ULX3S: a clock half as high again (needs nextpnr-ecp5 and ecppack)",
    async () => {
      const args = { target: "ulx3s-85f", bits: 8, mode: "pow2", fps: 50_000, place: true };
      const { savings } = await compare(tiny, args);
      expect(savings[0].clock).toBeGreaterThanOrEqual(0.5);
    },
    HOUR,
  );
});
