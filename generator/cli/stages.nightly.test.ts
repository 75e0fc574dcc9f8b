// verify's own test behind synthesis: faults in the wiring and flipped bits are found in the netlist and in the bitstream,
// in both simulators. A sample: each fault is a synthesis, and a place and route; all of them with ADDERNET_SLOW=1.
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../testbench/lib/children.ts";
import { type SimulatorName, simulators } from "../../testbench/lib/simulators.ts";
import { designOf, FaultyFolder, flips, passed, wiringMutants, withMutant } from "../../testbench/mutants/designs.ts";
import { draw, type Mutant } from "../../testbench/mutants/mutant.ts";
import { selectable } from "../../testbench/mutants/selectable.ts";
import { design } from "../design.ts";
import { synthesize } from "../device/flow/flow.ts";
import { implement } from "../device/flow/implement.ts";
import { cellModels } from "../device/flow/models.ts";
import { findProgram, machineTools } from "../device/flow/tools.ts";
import { InputError } from "../diagnostics/diagnostics.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import { targetOf } from "../targets/index.ts";
import { chipOf, compareBoard } from "./bitstream.ts";
import { makeConsole, unwrap } from "./console.ts";
import { cellSources } from "./files.ts";
import { verifyNetlist } from "./netlist.ts";
import { toolOptions } from "./tool-options.ts";

const slow = process.env.ADDERNET_SLOW === "1";
const counts = slow ? { wiring: Infinity, bits: Infinity } : { wiring: 6, bits: 4 };
if (!slow) console.warn(`${counts.wiring} faults in the wiring of each design: ADDERNET_SLOW=1 takes all`);
const out = makeConsole(true, "test");

/** Designs whose weights are in the bitstream. */
const fixedDesigns = ["branches", "windows"] as const;

/** The design of the small network on a board, and its faults that are none in silicon. */
function placedOf(name: (typeof fixedDesigns)[number]) {
  const small = designOf(name);
  const implemented = (net: QuantizedNetwork) =>
    unwrap(design(net, { target: "icebreaker", dsp: false, fps: 1000 }, cellSources()), out);
  const made = implemented(small.net);
  // At the outputs alone faults show in few images.
  const d = { ...small, ...made, images: small.noise };
  // What an open wire becomes may be right, and a chip begins without a reset.
  const wiring = wiringMutants(d).filter((m) => !/open|rst/.test(m.what));
  const faults = [
    ...draw(wiring, 3, counts.wiring).map((m) => [`${m.file}:${m.line} ${m.what}`, withMutant(d, m), m] as const),
    ...draw(flips(d, implemented, "outputs"), 5, slow ? Infinity : 6 * counts.bits)
      .map((f) => [`${f.node}, ${f.part}, ${f.at}, bit ${f.bit}`, f.wrong()?.files] as const)
      .filter(([, files]) => files)
      .slice(0, counts.bits),
  ];
  return { d, made, wiring, faults };
}

/** What no tool takes is found wrong. */
const refused = (e: unknown): false => {
  if (e instanceof InputError) return false;
  throw e;
};

const target = targetOf("ice40");

/** The netlist of the Verilog of a design with the models of its cells; undefined where no tool takes it. */
async function netlistOf(d: { readonly hardware: { readonly name: string } }, files: ReadonlyMap<string, string>) {
  const own = new Map([...files].filter(([f]) => /^(rtl|mem)\//.test(f)));
  const sources = [...own.keys()].filter((f) => f.startsWith("rtl/"));
  const options = { tools: machineTools, native: false, dsp: false, modelled: true };
  const netlist = await synthesize(own, sources, d.hardware.name, target, options).catch(refused);
  return netlist ? `${await cellModels(target, netlist.verilog, false)}\n${netlist.verilog}` : undefined;
}

/** Faults of a design whose weights are loaded that are tried in its netlist: each run loads them several times. */
const STORED = { wiring: 16, bits: 6 } as const;

describe("stored", () => {
  const d = designOf("stored");
  const wiring = draw(
    wiringMutants(d).filter((m) => !/open|rst/.test(m.what)),
    3,
    slow ? Infinity : STORED.wiring,
  );
  const folderOf = async () => new FaultyFolder(d, wiring, await netlistOf(d, selectable(d, wiring, "port").files));
  const verilog = new FaultyFolder(d, wiring, undefined, true);
  afterAll(verilog.remove);

  test("netlist, faults of the wiring, and of bits that are loaded", async () => {
    const folder = await folderOf();
    try {
      const bits = draw(flips(d, undefined, "outputs"), 5, 6 * STORED.bits).flatMap(({ wrong, ...where }) => {
        const made = wrong();
        return made ? [{ made, where }] : [];
      });
      const missed: unknown[] = [];
      // Icarus takes minutes for a run of these gates.
      const sim = "verilator";
      expect(await folder.passes(sim)).toBe(true);
      for (const m of wiring)
        if ((await folder.passes(sim, m)) && !(await verilog.passes(sim, m)))
          missed.push(`${m.file}:${m.line} ${m.what}`);
      for (const { made, where } of bits.slice(0, STORED.bits))
        if (await folder.passes(sim, undefined, made)) missed.push(where);
      expect(missed).toEqual([]);
      expect(bits.length).toBeGreaterThanOrEqual(STORED.bits);
    } finally {
      folder.remove();
    }
  });
});

describe.each(fixedDesigns)("%s", (name) => {
  const { d, made, wiring, faults } = placedOf(name);

  const verilog = new FaultyFolder(d, wiring, undefined, true);
  afterAll(verilog.remove);
  /** What is wrong inside and right at the outputs no netlist shows, and no chip; a simulator without x shows less. */
  const shows = async (m: Mutant, sim: SimulatorName) => !(await verilog.passes(sim, m));
  /** Faults that simulators let pass, as `passes` says of the files. */
  const missedOf = async (passes: (files: ReadonlyMap<string, string>) => Promise<SimulatorName[]>, some = faults) => {
    const missed: string[] = [];
    for (const [what, files, m] of some)
      for (const sim of await passes(files!)) if (!m || (await shows(m, sim))) missed.push(`${sim}: ${what}`);
    return missed;
  };
  test("netlist, every fault of the wiring: one netlist in which they are chosen", async () => {
    const folder = new FaultyFolder(d, wiring, await netlistOf(d, selectable(d, wiring, "port").files));
    try {
      const missed: string[] = [];
      let found = 0;
      for (const sim of simulators) {
        expect(await folder.passes(sim)).toBe(true);
        for (const m of wiring)
          if (!(await folder.passes(sim, m))) found++;
          else if (await shows(m, sim)) missed.push(`${sim}: ${m.file}:${m.line} ${m.what}`);
      }
      expect(missed).toEqual([]);
      expect(found).toBeGreaterThan(1.7 * wiring.length);
      console.warn(`${name}: ${found} of ${simulators.length} x ${wiring.length} faults found in the netlist`);
    } finally {
      folder.remove();
    }
  });

  test("netlist, flipped bits", async () => {
    const passes = async (files: ReadonlyMap<string, string>) => {
      const netlist = await netlistOf(d, files);
      if (netlist === undefined) return [];
      const taken: SimulatorName[] = [];
      for (const sim of simulators) {
        const run = { sim, sinkStall: 0.4, outputsOnly: true };
        const right = await passed(d, files, run, (folder) => {
          writeFileSync(join(folder, "netlist.v"), netlist);
          return { top: d.hardware.name, sources: [join(folder, "netlist.v")] };
        });
        if (right) taken.push(sim);
      }
      return taken;
    };
    expect(await passes(d.files)).toEqual(simulators);
    expect(
      await missedOf(
        passes,
        faults.filter(([, , m]) => m === undefined),
      ),
    ).toEqual([]);
  });

  test.skipIf(!findProgram("icebox_vlog"))("bitstream (needs icebox_vlog)", async () => {
    const options = toolOptions({ native: false, place: true, seed: 1 }, out);
    const passes = async (files: ReadonlyMap<string, string>) => {
      const placed = await implement({ ...made, files }, options).catch(refused);
      if (!placed) return [];
      const { path, remove } = temporaryFolder("addernet-stages-");
      try {
        const sources = await chipOf(placed, path, false);
        const taken: SimulatorName[] = [];
        for (const sim of simulators) {
          const right = await compareBoard(placed, { top: "chip", sources }, d.images, sim).then(
            ({ differences }) => differences.length === 0,
            () => false,
          );
          if (right) taken.push(sim);
        }
        return taken;
      } finally {
        remove();
      }
    };
    expect(await passes(d.files)).toEqual(simulators);
    expect(await missedOf(passes)).toEqual([]);
  });
});

// The bench brings an image, or memory on an AXI4 bus, as it does for the Verilog.
test.each(["ram", "external"])("a netlist whose weights are %s equals golden", async (weights) => {
  const xor = resolve(import.meta.dirname, "../../examples/xor");
  const args = { images: join(xor, "inputs.npy"), clock: 12, fps: 1000, count: 4, stall: 0.2, seed: 1, weights };
  const outcome = await verifyNetlist(
    join(xor, "network.json"),
    { ...args, target: "ice40", simulator: "icarus", native: false, waves: false },
    out,
  );
  expect(outcome).toMatchObject({ ok: true, diagnostics: [] });
});
