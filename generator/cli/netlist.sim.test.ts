// What synthesis makes of a small network, simulated with the cell models that Yosys brings, against the golden model.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { designOf, FaultyFolder, flips, passed, wiringMutants } from "../../testbench/mutants/designs.ts";
import { draw } from "../../testbench/mutants/mutant.ts";
import { selectable } from "../../testbench/mutants/selectable.ts";
import { cases } from "../../testbench/nightly.ts";
import { synthesize } from "../device/flow/flow.ts";
import { cellModels } from "../device/flow/models.ts";
import { machineTools } from "../device/flow/tools.ts";
import { writeNpy } from "../files/index.ts";
import { FAMILIES, targetOf } from "../targets/index.ts";
import { makeConsole } from "./console.ts";
import { verifyNetlist } from "./netlist.ts";

const root = resolve(import.meta.dirname, "../..");
const dir = mkdtempSync(join(tmpdir(), "netlist-test-"));
const noise = join(dir, "images.npy");
afterAll(() => rmSync(dir, { recursive: true, force: true }));

beforeAll(() => {
  const shape = [8, 6, 5, 2];
  let state = 1;
  const data = Uint8Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  writeFileSync(noise, writeNpy({ dtype: "uint8", shape, data }));
});

const xor = { network: "examples/xor/network.json", images: join(root, "examples/xor/inputs.npy") };
const residual = { network: "testbench/nets/kinds/residual.json", images: noise };
// Synthesis of a network with all its branches takes half a minute a family.
test.each(
  cases(
    [["ice40", xor]],
    FAMILIES.map((family) => [family, residual] as const),
  ),
)(
  "%s: the netlist's outputs equal golden",
  async (target, { network, images }) => {
    const args = { calibration: images, images, bits: 4, clock: 12, fps: 1000, count: 3, stall: 0.2, seed: 1 };
    const outcome = await verifyNetlist(
      join(root, network),
      { ...args, target, simulator: "verilator", native: false, waves: false },
      makeConsole(true, "test"),
    );
    expect(outcome).toMatchObject({ ok: true, diagnostics: [] });
  },
  600_000,
);

const d = designOf("branches");

/** The netlist for iCE40 of files of the design, by the quickest Yosys that is there, with the models of its cells. */
async function netlistOf(files: ReadonlyMap<string, string>): Promise<string> {
  const target = targetOf("ice40");
  const own = new Map([...files].filter(([f]) => f.startsWith("rtl/") || f.startsWith("mem/")));
  const verilog = [...own.keys()].filter((f) => f.startsWith("rtl/"));
  const options = { tools: machineTools, native: true, dsp: false, modelled: true };
  const made = await synthesize(own, verilog, d.hardware.name, target, options);
  return `${await cellModels(target, made.verilog, true)}\n${made.verilog}`;
}

test("a fault in the wiring is found in the netlist", async () => {
  // An open wire is a constant in a netlist, which may be the right one.
  const wiring = wiringMutants(d).filter((m) => !/open|clk|rst/.test(m.what));
  const drawn = draw(wiring, 3, 2);
  const folder = new FaultyFolder(d, drawn, await netlistOf(selectable(d, drawn, "port").files));
  try {
    expect(await folder.passes("icarus")).toBe(true);
    for (const m of drawn) expect(await folder.passes("icarus", m), `${m.file}: ${m.what}`).toBe(false);
  } finally {
    folder.remove();
  }
}, 600_000);

test.each(cases([1], [4]))(
  "flipped bits are found in the netlist, %i of them",
  async (count) => {
    const drawn = draw(flips(d), 5, 2 * count).flatMap((f) => {
      const files = f.wrong()?.files;
      return files ? [[JSON.stringify(f), files] as const] : [];
    });
    const passes = async (files: ReadonlyMap<string, string>) => {
      const netlist = await netlistOf(files);
      return passed(d, files, { sim: "icarus", sinkStall: 0.4, outputsOnly: true }, (folder) => {
        const source = join(folder, "netlist.v");
        writeFileSync(source, netlist);
        return { top: d.hardware.name, sources: [source] };
      });
    };
    expect(await passes(d.files)).toBe(true);
    const missed: string[] = [];
    for (const [what, files] of drawn.slice(0, count)) if (await passes(files)) missed.push(what);
    expect(drawn.length).toBeGreaterThanOrEqual(count);
    expect(missed).toEqual([]);
  },
  600_000,
);
