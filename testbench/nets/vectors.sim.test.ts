// Every integer case of golden/vectors/layers as hardware, against the vectors' own results: golden is not asked.
import { describe, expect, test } from "vitest";
import { type Build, outputPort, toHardware } from "../../generator/index.ts";
import type { AddNode, AvgPoolNode, QuantizedNetwork, QuantizedNode, Requant } from "../../generator/ir/quantized.ts";
import type { EdgeType, IntRange, IntTensor, Shape } from "../../generator/ir/tensor.ts";
import { packBeats } from "../../generator/verify/pack.ts";
import { rangeOfBits, requant, sad, signedBitsFor } from "../../golden/arith/index.ts";
import {
  byteEdge,
  hwc,
  hwcShape,
  intNetwork,
  type LayerCase,
  layerCases,
  storedInput,
  zeroPointOf,
} from "../../golden/vectors/layer-cases.ts";
import { run } from "../lib/index.ts";
import { cases } from "../nightly.ts";
import { cellSources } from "./build.ts";
import { sideBySide, unpackFrame } from "./side-by-side.ts";

/** A case as a network, and what each of its outputs must give. */
interface Vector {
  readonly net: QuantizedNetwork;
  readonly input: IntTensor;
  readonly wanted: Readonly<Record<string, readonly number[]>>;
}

/** A signed edge just wide enough. */
const signedEdge = (shape: Shape, range: IntRange): EdgeType => ({
  shape,
  bits: signedBitsFor(range),
  signed: true,
  scale: 1,
  zeroPoint: 0,
  range,
});

const base = { path: [], overrides: {} };
const every = <T>(n: number, v: T): T[] => new Array<T>(n).fill(v);

/**
 * The distance's hardware holds unsigned weights as wide as its input: as the compiler does, a weight outside is clamped
 * and what that takes away, the same for every input, becomes a constant of the channel.
 */
function clamped(node: QuantizedNode, x: EdgeType): QuantizedNode {
  if (node.op !== "sad") return node;
  const { rows } = node.weights;
  const inside = rows.map((row) => row.map((w) => Math.min(x.range.max, Math.max(0, w))));
  const excess = rows.map((row, o) => row.reduce((sum, w, k) => sum + Math.abs(w - inside[o]![k]!), 0));
  return {
    ...node,
    weights: { rows: inside, bits: x.bits, signed: false },
    accRange: sad.layerRange(x.range, inside),
    requant: { ...node.requant, bias: node.requant.bias.map((b, o) => b - excess[o]!) },
  };
}

/** floor((sum - offset) / divisor + half / 2), exactly for sums below 2^14. */
function meanOf(divisors: readonly number[], offset: number, half: 0 | 1, channels: number): Requant {
  const shift = 30;
  const multipliers = divisors.map((d) => Math.round(2 ** shift / d));
  // A multiplier is off by up to 1/2: this much keeps exact quotients from falling below.
  const biases = multipliers.map((m) => 2 ** (shift - 1) * half + 2 ** 14 - offset * m);
  const spread = (v: readonly number[]) => v.flatMap((m) => every(channels, m));
  return { mode: "full", multiplier: spread(multipliers), bias: spread(biases), shift, clamp: null };
}

/** The plain sum, the mean rounded half up and the mean rounded down, each an output. */
function poolVector(c: LayerCase): Vector {
  const net = intNetwork(c);
  const [node] = net.nodes as readonly [AvgPoolNode];
  const x = net.edges.x!;
  const taps = node.window.kernel[0] * node.window.kernel[1];
  const shape = hwcShape(c.out_shape);
  const perPosition = c.shapes.divisor ? c.data.divisor! : [taps];
  const divisors = [...new Set(perPosition)];
  const classes = divisors.length > 1 ? { classes: perPosition.map((d) => divisors.indexOf(d)) } : {};
  const mean = (half: 0 | 1) => meanOf(divisors, x.zeroPoint * taps, half, shape[2]);
  const nodes: AvgPoolNode[] = [
    { ...node, name: "sum", output: "sum" },
    { ...node, ...classes, name: "up", output: "up", requant: mean(1) },
    { ...node, ...classes, name: "down", output: "down", requant: mean(0) },
  ];
  const edges = Object.fromEntries(
    nodes.map((n) => [n.output, signedEdge(shape, requant.range(n.requant, node.accRange))]),
  );
  return {
    net: { ...net, nodes, edges: { x, ...edges }, outputs: nodes.map((n) => n.output) },
    input: storedInput(c),
    wanted: { sum: hwc(c, "sum_i"), up: hwc(c, "yi_half_up"), down: hwc(c, "yi_floor") },
  };
}

/** Both addends lie in one input, channels of a, then of b; a layer of products takes each out. */
function addVector(c: LayerCase): Vector {
  const shape = hwcShape(c.out_shape);
  const [h, w, channels] = shape;
  const zeros = [c.name.includes("_s8"), c.name.endsWith("s8")].map(zeroPointOf);
  const [a, b] = ["ai", "bi"].map((key, i) => hwc(c, key).map((v) => v + zeros[i]!)) as [number[], number[]];
  const data = Int32Array.from({ length: 2 * a.length }, (_, i) => {
    const [pixel, k] = [Math.floor(i / (2 * channels)), i % (2 * channels)];
    return k < channels ? a[pixel * channels + k]! : b[pixel * channels + k - channels]!;
  });
  const input = byteEdge([h, w, 2 * channels], 0);
  const part = (name: string, from: number): QuantizedNode => ({
    op: "mac",
    name,
    inputs: ["x"],
    output: name,
    layers: [name],
    ...base,
    window: { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 1 },
    weights: {
      rows: Array.from({ length: channels }, (_, o) => new Int32Array(2 * channels).fill(1, from + o, from + o + 1)),
      bits: 2,
      signed: true,
    },
    accRange: input.range,
    requant: {
      mode: "full",
      multiplier: every(channels, 1),
      bias: every(channels, 0),
      shift: 0,
      clamp: { min: 0, max: 255 },
    },
  });
  const results = [
    ["yi", 512, 1023],
    ["yi_relu", 0, 1023],
    ["yi_sat_u8", 0, 255],
    ["yi_sat_s8", 128, 255],
  ] as const;
  const sums = results.map(
    ([name, zero, max]): AddNode => ({
      op: "add",
      name,
      inputs: ["a", "b"],
      output: name,
      layers: [name],
      ...base,
      multipliers: [16, 16],
      bias: 16 * (zero - zeros[0]! - zeros[1]!) + 8,
      shift: 4,
      clamp: { min: 0, max },
    }),
  );
  const unsigned = (bits: number): EdgeType => ({ ...byteEdge(shape, 0), bits, range: rangeOfBits(bits) });
  return {
    net: {
      name: c.name,
      input: { name: "x", shape: input.shape, storage: "uint8", scale: [1], offset: [0] },
      inputEdge: "x",
      edges: {
        x: input,
        a: byteEdge(shape, zeros[0]!),
        b: byteEdge(shape, zeros[1]!),
        ...Object.fromEntries(results.map(([name, , max]) => [name, unsigned(max > 255 ? 10 : 8)])),
      },
      nodes: [part("a", 0), part("b", channels), ...sums],
      outputs: results.map(([name]) => name),
    },
    input: { shape: input.shape, data },
    wanted: Object.fromEntries(results.map(([name, zero]) => [name, hwc(c, name).map((v) => v + zero)])),
  };
}

function vectorOf(c: LayerCase): Vector {
  if (c.op === "add") return addVector(c);
  if (c.op.endsWith("avgpool")) return poolVector(c);
  const net = intNetwork(c);
  const input = storedInput(c);
  const x = c.op === "requant" ? signedEdge(net.edges.x!.shape, rangeOfBits(18, true)) : net.edges.x!;
  const node = clamped(net.nodes[0]!, x);
  const shape = net.edges.y!.shape;
  const y =
    "requant" in node
      ? signedEdge(shape, requant.range(node.requant, "accRange" in node ? node.accRange : x.range))
      : net.edges.y!;
  const zero = c.op === "maxpool" ? x.zeroPoint : 0;
  return {
    net: { ...net, nodes: [node], edges: { x, y } },
    input,
    wanted: { y: hwc(c, "yi").map((v) => v + zero) },
  };
}

/** The hardware that takes at most `clocks` a frame, or as few more as the scheduler can reach. */
function build(net: QuantizedNetwork, clocks: number): Build {
  const built = toHardware(net, { clockMHz: 100, fps: 1e8 / clocks }, cellSources());
  if (built.ok) return built.value;
  if (built.diagnostics.some((d) => d.severity === "error" && d.code !== "AN5002"))
    throw new Error(`${net.name}: ${built.diagnostics.map((d) => d.message).join("\n")}`);
  return build(net, Math.ceil(clocks * 1.3));
}

/** The smallest hardware takes so many clocks; the others some fraction of them. */
const smallest = (net: QuantizedNetwork): Build => build(net, 1e6);
const folds: [name: string, of: (net: QuantizedNetwork) => Build][] = [
  ["the smallest hardware", smallest],
  ["four times as fast", (net) => build(net, Math.ceil(smallest(net).hardware.interval / 4))],
];
// Hundreds of lanes in each of 64 networks: minutes.
if (process.env.ADDERNET_SLOW === "1") folds.push(["the fastest hardware", (net) => build(net, 1)]);

const FRAMES = 2;
/** Networks of one model. */
const TOGETHER = 11;

const vectors = layerCases.map(vectorOf);
const groups = Array.from({ length: Math.ceil(vectors.length / TOGETHER) }, (_, i) =>
  vectors.slice(i * TOGETHER, (i + 1) * TOGETHER),
);

test("all 64 cases are simulated", () => {
  expect(groups.flat().map((v) => v.net.name)).toEqual(layerCases.map((c) => c.name));
  expect(layerCases.length).toBe(64);
  for (const v of vectors) expect(Object.keys(v.wanted)).toEqual(v.net.outputs);
});

describe.each(folds)("%s", (name, fold) => {
  // A model of Verilator for each: for every change one fold of each group, in turn.
  const [now, later] = [0, 1].map((half) =>
    groups.filter((_, i) => (folds.findIndex(([n]) => n === name) + i) % 2 === half),
  );
  test.each(cases(now!, later!).map((g) => [`${g[0]!.net.name} to ${g.at(-1)!.net.name}`, g] as const))(
    "%s",
    async (name, group) => {
      const builds = group.map((v) => fold(v.net));
      const options = { sim: "verilator", seed: 9, maxCycles: 1_000_000, name: `vectors ${name}` } as const;
      const { value } = await run(sideBySide(builds), options, async (tb) => {
        const pause = 0.2;
        const sources = builds.map(({ hardware }) => tb.axisSource(`${hardware.name}_s_axis`, { pause }));
        const sinks = builds.map(({ hardware }) =>
          hardware.outputs.map((_, i) => tb.axisSink(`${hardware.name}_${outputPort(hardware, i)}`, { pause })),
        );
        await tb.reset(tb.signal("rst"));
        builds.forEach(({ hardware: { input } }, n) => {
          const beats = packBeats(group[n]!.input, input);
          const last = new Uint8Array(input.beatsPerFrame);
          last[last.length - 1] = 1;
          for (let f = 0; f < FRAMES; f++) void sources[n]!.sendBeats(beats, beats.length / input.beatsPerFrame, last);
        });
        const got: Record<string, number[]>[][] = [];
        for (const [n, { hardware }] of builds.entries()) {
          const frames = Array.from({ length: FRAMES }, (): Record<string, number[]> => ({}));
          for (const [i, sink] of sinks[n]!.entries())
            for (const frame of frames)
              frame[group[n]!.net.outputs[i]!] = unpackFrame(await sink.recv(), hardware.outputs[i]!.stream);
          got.push(frames);
        }
        return got;
      });
      group.forEach((v, n) => {
        for (const frame of value[n]!) expect(frame, v.net.name).toEqual(v.wanted);
      });
    },
  );
});
