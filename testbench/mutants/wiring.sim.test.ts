// verify's own test: every fault in the wiring of an emitted top, and every memory bit that golden says matters, is found.
// A sample of them; all with MUTANTS=all.

import { describe, expect, test } from "vitest";
import { load, type QuantizedNetwork, toHardware, toIntegers } from "../../generator/index.ts";
import type { QuantizedNode } from "../../generator/ir/quantized.ts";
import { probeDesign, verify } from "../../generator/verify/verify.ts";
import { runInteger } from "../../golden/index.ts";
import { imagesOf } from "../fuzz/case.ts";
import { BuildError, Rand } from "../lib/index.ts";
import { type SimulatorName, simulators } from "../lib/simulators.ts";
import { cellSources } from "../nets/build.ts";
import { folder } from "../nets/tools.ts";
import { type Mutant, wiringMutants } from "./wiring.ts";

const ALL = process.env.MUTANTS === "all";

/** A network with forks, a join, a concat, several outputs and an argmax. */
const branches = {
  format: "addernet-rtl/1",
  name: "branches",
  input: { shape: [3, 4, 2] },
  layers: [
    {
      name: "a",
      kind: "adder_conv2d",
      filters: 2,
      l1: 1,
      weights: [
        [[[30]], [[90]]],
        [[[200]], [[11]]],
      ],
      bias: [150, 240],
    },
    { name: "b", kind: "relu", inputs: ["a"] },
    { name: "c", kind: "add", inputs: ["a", "input"] },
    { name: "d", kind: "concat", inputs: ["b", "c"] },
    { name: "e", kind: "global_avg_pool", inputs: ["d"] },
    { name: "f", kind: "flatten" },
    { name: "g", kind: "argmax" },
  ],
  outputs: ["g", "c", "input"],
};

function built(text: string) {
  const loaded = load(text, () => {
    throw new Error("weights are inline");
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  // Noise: in flat images some faults change nothing.
  const images = imagesOf(loaded.value.graph, 3, 12)
    .filter(({ data }) => new Set(data).size > data.length / 3)
    .slice(0, 2);
  if (images.length < 2) throw new Error("no noise among the images");
  const net = toIntegers(loaded.value.graph, images, {});
  if (!net.ok) throw new Error(JSON.stringify(net.diagnostics));
  return { net: net.value, images, ...hardware(net.value) };
}

function hardware(net: QuantizedNetwork) {
  const b = toHardware(net, { clockMHz: 100, fps: 2e5 }, cellSources());
  if (!b.ok) throw new Error(JSON.stringify(b.diagnostics));
  return b.value;
}

/** Multiplying layers, windows, repeated and padded pixels, a table. */
const windows = {
  format: "addernet-rtl/1",
  name: "windows",
  input: { shape: [4, 4, 2], zero_point: 128 },
  layers: [
    {
      ...{ name: "a", kind: "conv2d", filters: 3, kernel: 2 },
      weights: [0, 1, 2].map((o) =>
        [0, 1].map((c) => [0, 1].map((y) => [0, 1].map((x) => ((5 * o + 3 * c + 7 * y + 4 * x) % 9) - 4))),
      ),
    },
    { name: "b", kind: "leaky_relu", slope: 0.25 },
    { name: "c", kind: "sigmoid" },
    { name: "d", kind: "avg_pool2d", kernel: 2, stride: 1 },
    { name: "e", kind: "upsample", factor: 2 },
    { name: "f", kind: "pad", padding: 1 },
  ],
};

const nets = [
  ["branches", built(JSON.stringify(branches))],
  ["windows", built(JSON.stringify(windows))],
] as const;

/** Whether verification lets a folder pass; undefined where a simulator does not even build it. */
async function passes(n: (typeof nets)[number][1], files: ReadonlyMap<string, string>, sim: SimulatorName) {
  const design = probeDesign(n.hardware, folder(files), files.keys());
  try {
    const r = await verify(n.net, n.hardware, design, n.images, { sim });
    return !r.mismatch && r.clockFaults.length === 0;
  } catch (e) {
    return e instanceof BuildError ? undefined : false;
  }
}

const sample = <T>(list: readonly T[], count: number, rand: Rand): T[] =>
  ALL ? [...list] : Array.from({ length: Math.min(count, list.length) }, () => rand.pick(list));

describe.each(nets)("%s", (name, n) => {
  // The top and the modules of its layers; cells have benches of their own.
  const wired = [...n.files.keys()].filter((f) => f.startsWith("rtl/") && !f.includes(`/${n.hardware.name}_axis_`));
  const all = wired.flatMap((path) => wiringMutants(n.hardware, n.files.get(path)!).map((m) => ({ path, ...m })));

  test("passes without a fault", async () => {
    for (const sim of simulators) expect(await passes(n, n.files, sim)).toBe(true);
    expect(all.length).toBeGreaterThan(40);
  });

  // A model of Icarus is built at once, one of Verilator in half a minute.
  test.each(simulators.map((sim) => [sim, sim === "icarus" ? 12 : 2] as const))(
    `wiring, %s`,
    async (sim, count) => {
      const missed: Omit<Mutant, "text">[] = [];
      let tried = 0;
      for (const { text, path, ...m } of sample(all, count, new Rand(name.length))) {
        const found = await passes(n, new Map(n.files).set(path, text), sim);
        if (found !== undefined) tried++;
        if (found) missed.push({ ...m, what: `${path}: ${m.what}` });
      }
      expect(missed).toEqual([]);
      expect(tried).toBeGreaterThan(0);
    },
    3_600_000,
  );

  test("memory bits", async () => {
    const rand = new Rand(11);
    const flips = sample(constantBits(n.net), 20, rand);
    const missed: unknown[] = [];
    let tried = 0;
    for (const { change, ...what } of flips) {
      const net = change();
      // Numbers of other widths are another design.
      const other = hardware(net);
      if ([...n.files].some(([f, text]) => f.startsWith("rtl/") && other.files.get(f) !== text)) continue;
      const files = new Map(n.files);
      for (const [f, text] of other.files) if (f.startsWith("mem/")) files.set(f, text);
      const matters = n.images.some((image) => {
        const [a, b] = [n.net, net].map((x) => runInteger(x, image, { keep: "all" }));
        return [...a!].some(([t, { data }]) => data.some((v, i) => v !== b!.get(t)!.data[i]));
      });
      if (!matters) continue;
      tried++;
      if (await passes(n, files, "icarus")) missed.push(what);
    }
    expect(missed).toEqual([]);
    expect(tried).toBeGreaterThan(3);
  }, 3_600_000);
});

/** Every bit of weights, multipliers and biases, and the network with that bit flipped. */
function constantBits(net: QuantizedNetwork) {
  const bits: { node: string; part: string; at: number; bit: number; change: () => QuantizedNetwork }[] = [];
  const swap = (node: QuantizedNode, patch: object): QuantizedNetwork => ({
    ...net,
    nodes: net.nodes.map((n) => (n === node ? ({ ...n, ...patch } as QuantizedNode) : n)),
  });
  const flipped = (list: readonly number[], at: number, bit: number) =>
    list.map((v, i) => (i === at ? Number(BigInt(v) ^ (1n << BigInt(bit))) : v));
  for (const node of net.nodes) {
    if ("weights" in node)
      node.weights.rows.forEach((row, o) => {
        row.forEach((_, k) => {
          for (let bit = 0; bit < 4; bit++)
            bits.push({
              ...{ node: node.name, part: `weights of output ${o}`, at: k, bit },
              change: () => {
                const rows = node.weights.rows.map((r, i) => (i === o ? Int32Array.from(flipped([...r], k, bit)) : r));
                return swap(node, { weights: { ...node.weights, rows } });
              },
            });
        });
      });
    if ("requant" in node)
      for (const part of ["multiplier", "bias"] as const)
        node.requant[part].forEach((_, at) => {
          for (const bit of [0, 2, 5, 9])
            bits.push({
              ...{ node: node.name, part, at, bit },
              change: () => swap(node, { requant: { ...node.requant, [part]: flipped(node.requant[part], at, bit) } }),
            });
        });
  }
  return bits;
}
