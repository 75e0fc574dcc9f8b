// Unrolled layers, and several pixels a beat, from parts of a row to a whole frame: equal to golden, and the clocks a frame are the scheduled.

import { describe, expect, test } from "vitest";
import { type Build, load, toHardware, toIntegers } from "../../generator/index.ts";
import type { QuantizedNetwork } from "../../generator/ir/quantized.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { probeDesign, verify } from "../../generator/verify/verify.ts";
import type { SimulatorName } from "../lib/index.ts";
import { Rand, simulators, stallCorners } from "../lib/index.ts";
import { cases } from "../nightly.ts";
import { cellSources, exampleBuild, images as exampleImages } from "./build.ts";
import { folder } from "./tools.ts";

const rand = new Rand(11);
type Nested = number | Nested[];
const weights = (...[n, ...rest]: number[]): Nested[] =>
  Array.from({ length: n! }, () => (rest.length > 0 ? weights(...rest) : rand.int(-40, 120) / 255));

type Layer = Readonly<Record<string, unknown>> & { readonly name: string };
const conv = (name: string, filters: number, channels: number, kernel: number, more: object = {}): Layer => ({
  name,
  kind: "adder_conv2d",
  filters,
  kernel,
  weights: weights(filters, channels, kernel, kernel),
  // About the mean sum of distances, so that results lie on both sides of zero.
  bias: Array.from({ length: filters }, () => (95 / 255) * channels * kernel * kernel),
  ...more,
});

interface Net {
  readonly net: QuantizedNetwork;
  readonly images: readonly IntTensor[];
}

function network(shape: readonly [number, number, number], layers: readonly Layer[], outputs?: string[]): Net {
  const file = {
    format: "addernet-rtl/1",
    name: "p",
    input: { shape, scale: 1 / 255 },
    layers,
    ...(outputs ? { outputs } : {}),
  };
  const loaded = load(JSON.stringify(file), () => {
    throw new Error("weights are inline");
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  const images = Array.from({ length: 6 }, () => ({
    shape,
    data: Int32Array.from({ length: shape[0] * shape[1] * shape[2] }, () => rand.int(0, 255)),
  }));
  const net = toIntegers(loaded.value.graph, images, { bits: 4, joinBits: 4, productBits: 4 });
  if (!net.ok) throw new Error(JSON.stringify(net.diagnostics));
  return { net: net.value, images };
}

function built({ net }: Net, clocks: number, kernel: 0 | 1 = 0): Build {
  const r = toHardware(net, { fps: 1e8 / clocks, clockMHz: 100, l1: kernel }, cellSources());
  if (!r.ok) throw new Error(JSON.stringify(r.diagnostics));
  return r.value;
}

const pixels = (b: Build): Record<string, number> =>
  Object.fromEntries(b.schedule.nodes.map((n) => [n.node.name, n.fold.pixels]));

/** Stall corners; without stalls the clocks between frames are those of the schedule. */
async function check(
  n: Net,
  b: Build,
  sim: SimulatorName,
  corners: readonly (typeof stallCorners)[number][] = stallCorners,
): Promise<void> {
  const design = probeDesign(b.hardware, folder(b.files), b.files.keys());
  for (const { source: sourceStall, sink: sinkStall } of corners) {
    const r = await verify(n.net, b.hardware, design, n.images, { sim, seed: 5, sourceStall, sinkStall });
    expect(r.mismatch).toBeUndefined();
    // Golden's results are no constants that anything would match.
    expect(new Set(r.outputs.flat()).size).toBeGreaterThan(2);
    if (sourceStall + sinkStall === 0) expect(r.interval).toBe(b.hardware.interval);
  }
}

/** The corner without stalls and the one with both. */
const ends = [stallCorners[0]!, stallCorners.at(-1)!];
/** Icarus takes seconds for each. */
const corners = cases(ends, stallCorners.slice(1, -1));
const slow = process.env.ADDERNET_SLOW === "1";

const relu = (name: string): Layer => ({ name, kind: "relu" });
const chain = network(
  [8, 8, 1],
  [
    conv("conv1", 3, 1, 3, { padding: 1 }),
    relu("relu1"),
    { name: "pool", kind: "max_pool2d", kernel: 2 },
    conv("conv2", 4, 3, 3, { padding: 1, stride: 2, bias: [13, 13, 14, 15] }),
    relu("relu2"),
    { name: "flatten", kind: "flatten" },
    { name: "fc", kind: "adder_linear", units: 5, weights: weights(5, 16), bias: [2, 4, 0, 2, 2] },
  ],
);

/** Clocks a frame, and the pixels of each node's beats. */
const frames: [number, Record<string, number>][] = [
  [32, { input_requantize: 2, conv1: 8, pool: 2, conv2: 1, flatten: 1, fc: 1 }],
  [10, { input_requantize: 8, conv1: 8, pool: 16, conv2: 2, flatten: 1, fc: 1 }],
  [4, { input_requantize: 16, conv1: 16, pool: 16, conv2: 4, flatten: 1, fc: 1 }],
];
if (slow) frames.push([1, { input_requantize: 64, conv1: 64, pool: 64, conv2: 16, flatten: 4, fc: 1 }]);

describe("convolution, pool, linear", () => {
  test.each(frames)("one frame in %i clocks", async (clocks, folds) => {
    const b = built(chain, clocks);
    expect(b.hardware.interval).toBeLessThanOrEqual(clocks);
    expect(pixels(b)).toEqual(folds);
    await check(chain, b, "icarus", clocks === 10 ? corners : ends);
    if (clocks === 10) await check(chain, b, "verilator");
  });

  test.each([0, 1] as const)("unrolled, kernel %i", async (kernel) => {
    const nodes = chain.net.nodes.map((n) => ("weights" in n ? { ...n, overrides: { unroll: true } } : n));
    const n = { ...chain, net: { ...chain.net, nodes } };
    const b = built(n, 1e6, kernel);
    const arrays = b.hardware.blocks.flatMap((o) => o.instances).filter((i) => i.cell === "axis_sad");
    expect(arrays.map((i) => [i.params.SF, i.params.NF])).toEqual([1, 2, 3].map(() => [1, 1]));
    await check(n, b, "icarus", ends);
    if (kernel === 0) for (const sim of cases([], ["verilator" as const])) await check(n, b, sim, ends);
  });

  test("the shared-sum kernel", () => check(chain, built(chain, 10, 1), "icarus", corners));
});

const joins = network(
  [6, 6, 2],
  [
    conv("a", 2, 2, 3, { padding: 1 }),
    conv("b", 2, 2, 3, { padding: 1, inputs: ["a"], bias: [10, 11] }),
    { name: "sum", kind: "add", inputs: ["b", "a"] },
    { name: "mean", kind: "avg_pool2d", kernel: 3, stride: 1, padding: 1, count_padding: false },
    { name: "out", kind: "tanh" },
  ],
  ["out", "a"],
);

describe("branches that meet again, means by position, tables, maps as outputs", () => {
  // Beats of whole rows are a model that compiles for most of a minute; the chain has them for every change.
  test.each(slow ? [18, 9, 3, 1] : cases([18], [3]))("one frame in %i clocks", async (clocks) => {
    const b = built(joins, clocks);
    expect(b.hardware.interval).toBeLessThanOrEqual(clocks);
    expect(pixels(b).sum).toBeGreaterThan(1);
    for (const sim of simulators) await check(joins, b, sim, ends);
  });
});

const maxPool = (name: string, kernel: number, more: object = {}): Layer => ({
  name,
  kind: "max_pool2d",
  kernel,
  ...more,
});

/** Layers that rest between frames in front of ones that never do: name, clocks a frame, network. */
const bursts: [string, number, Net][] = [
  // conv gives wide beats faster than they are split, and none for 45 clocks a frame.
  ["a pool behind all taps of a window", 144, network([10, 10, 1], [conv("conv", 4, 1, 5), maxPool("pool", 2)])],
  [
    "a vector behind a pool with padding",
    72,
    network(
      [9, 8, 2],
      [
        maxPool("pool", 3, { stride: 1, padding: 1 }),
        { name: "flatten", kind: "flatten" },
        { name: "fc", kind: "adder_linear", units: 5, weights: weights(5, 144), bias: [61, 62, 63, 64, 65] },
      ],
    ),
  ],
];

describe("what comes in bursts waits in front of a layer that needs every clock", () => {
  test.each(bursts)("%s, one frame in %i clocks", async (_, clocks, n) => {
    const b = built(n, clocks);
    expect(b.hardware.interval).toBe(clocks);
    // As many frames as fill every buffer.
    const images = [...n.images, ...n.images];
    await check({ ...n, images }, b, "icarus", ends);
  });

  // Icarus takes a minute and more for the arrays of a whole LeNet-5.
  test.runIf(slow)("LeNet-5, one frame in 400 clocks", async () => {
    const b = exampleBuild("lenet5-mnist", { fps: 250_000 });
    expect(b.hardware.interval).toBe(400);
    await check({ net: b.net, images: exampleImages("test", 9) }, b, "icarus", [stallCorners[0]!]);
  });
});

const windows: [string, Net][] = [
  ["dilation", network([6, 8, 2], [conv("c", 2, 2, 2, { dilation: 2, padding: 1 })])],
  ["no padding", network([7, 9, 1], [conv("c", 3, 1, 3)])],
  ["stride 3 under a kernel of 2", network([6, 12, 2], [conv("c", 2, 2, 2, { stride: 3 })])],
  ["padding on one side", network([6, 6, 1], [conv("c", 2, 1, 3, { padding: [2, 0, 0, 2] })])],
  ["one column", network([12, 1, 2], [conv("c", 2, 2, 1)])],
  ["one row", network([1, 12, 2], [conv("c", 2, 2, 1, { padding: [1, 2, 1, 2] })])],
  ["depthwise", network([6, 6, 3], [conv("c", 3, 1, 3, { padding: 1, groups: 3 })])],
  ["products", network([6, 6, 2], [{ ...conv("c", 3, 2, 3, { padding: 1 }), kind: "conv2d" }])],
  ["a margin of zeros", network([4, 6, 2], [{ name: "c", kind: "pad", padding: 1 }])],
];

/** The network with so many pixels a beat at its layer. */
const withPixels = ({ net, images }: Net, n: number): Net => ({
  images,
  net: { ...net, nodes: net.nodes.map((o) => (o.name === "c" ? { ...o, overrides: { pixels: n } } : o)) },
});

/** Legal numbers, by the message that refuses an illegal one. */
function legal(n: Net): number[] {
  const refused = toHardware(withPixels(n, 9999).net, { clockMHz: 100 }, cellSources());
  if (refused.ok) throw new Error("9999 pixels a beat");
  return [...refused.diagnostics[0]!.expected!.matchAll(/\d+/g)].map(Number);
}

describe.each(windows)("windows over tiles: %s", (_, n) => {
  test("legal numbers of pixels a beat", async () => {
    const numbers = legal(n);
    expect(numbers.length).toBeGreaterThan(2);
    const some = slow ? numbers.slice(1) : [numbers[1]!, numbers.at(-1)!];
    for (const p of some) {
      const one = withPixels(n, p);
      const r = toHardware(one.net, { clockMHz: 100, fps: 1 }, cellSources());
      if (!r.ok) throw new Error(JSON.stringify(r.diagnostics));
      const design = probeDesign(r.value.hardware, folder(r.value.files), r.value.files.keys());
      for (const stall of [0, 0.4]) {
        const v = await verify(one.net, r.value.hardware, design, one.images, {
          sim: "icarus",
          sourceStall: stall,
          sinkStall: stall,
        });
        expect(v.mismatch).toBeUndefined();
        if (stall === 0) expect(v.interval).toBe(r.value.hardware.interval);
      }
    }
  });
});
