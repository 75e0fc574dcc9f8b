// What synthesis makes of a small network, simulated with the cell models that Yosys brings, against the golden model.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  designOf,
  flips,
  passed,
  type SmallDesign,
  wiringMutants,
  withMutant,
} from "../../testbench/mutants/designs.ts";
import { draw } from "../../testbench/mutants/mutant.ts";
import { synthesize } from "../device/flow/flow.ts";
import { cellModels } from "../device/flow/models.ts";
import { machineTools } from "../device/flow/tools.ts";
import { writeNpy } from "../files/index.ts";
import { FAMILIES, targetOf } from "../targets/index.ts";
import { makeConsole } from "./console.ts";
import { verifyNetlist } from "./netlist.ts";

// Synthesis of a family takes half a minute; without ADDERNET_SLOW=1 one family stands for all.
const slow = process.env.ADDERNET_SLOW === "1";
if (!slow) console.warn("netlists of one family only: ADDERNET_SLOW=1 simulates all");

const dir = mkdtempSync(join(tmpdir(), "netlist-test-"));
const images = join(dir, "images.npy");
afterAll(() => rmSync(dir, { recursive: true, force: true }));

beforeAll(() => {
  const shape = [8, 6, 5, 2];
  let state = 1;
  const data = Uint8Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  writeFileSync(images, writeNpy({ dtype: "uint8", shape, data }));
});

test.each(slow ? FAMILIES : (["ice40"] as const))(
  "%s: the netlist's outputs equal golden",
  async (target) => {
    const network = resolve(import.meta.dirname, "../../testbench/nets/kinds/residual.json");
    const args = { calibration: images, images, bits: 4, clock: 12, fps: 1000, count: 3, stall: 0.2, seed: 1 };
    const outcome = await verifyNetlist(
      network,
      { ...args, target, simulator: "verilator", native: false, waves: false },
      makeConsole(true, "test"),
    );
    expect(outcome).toMatchObject({ ok: true, diagnostics: [] });
  },
  600_000,
);

/** Whether the comparison of a netlist for iCE40 lets the files pass. */
const netlistPasses = (d: SmallDesign, files: ReadonlyMap<string, string>) =>
  passed(d, files, { sim: "icarus", sinkStall: 0.4, outputsOnly: true }, async (folder) => {
    const target = targetOf("ice40");
    const own = new Map([...files].filter(([f]) => f.startsWith("rtl/") || f.startsWith("mem/")));
    const verilog = [...own.keys()].filter((f) => f.startsWith("rtl/"));
    const options = { tools: machineTools, native: false, dsp: false, modelled: true };
    const made = await synthesize(own, verilog, d.hardware.name, target, options);
    const sources = [join(folder, "models.v"), join(folder, "netlist.v")];
    writeFileSync(sources[0]!, await cellModels(target, made.verilog, false));
    writeFileSync(sources[1]!, made.verilog);
    return { top: d.hardware.name, sources };
  });

test("a fault in the wiring and a flipped bit are found in the netlist; all of them with ADDERNET_SLOW=1", async () => {
  const d = designOf("branches");
  expect(await netlistPasses(d, d.files)).toBe(true);
  // An open wire is a constant in a netlist, which may be the right one.
  const wiring = wiringMutants(d).filter((m) => !/open|clk|rst/.test(m.what));
  const wrong = [
    ...draw(wiring, 3, slow ? wiring.length : 2).map((m) => [`${m.file}: ${m.what}`, withMutant(d, m)] as const),
    ...draw(flips(d), 5, slow ? Number.POSITIVE_INFINITY : 4).map((f) => [JSON.stringify(f), f.files()] as const),
  ];
  const missed: string[] = [];
  for (const [what, files] of wrong.filter(([, f]) => f).slice(0, slow ? undefined : 3))
    if (await netlistPasses(d, files!)) missed.push(what);
  expect(missed).toEqual([]);
}, 7_200_000);
