// A small network with every kind of array and names that files and languages refuse; for tests.
import type { QuantizedNetwork, QuantizedNode, Requant } from "../ir/quantized.ts";
import type { EdgeType, Shape } from "../ir/tensor.ts";

/** Deterministic integers in [min, max]; both ends occur. */
function integers(count: number, min: number, max: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, (_, i) => {
    state = (state * 48271) % 2147483647;
    return i === 0 ? max : i === 1 ? min : min + (state % (max - min + 1));
  });
}

const rows = (outputs: number, taps: number, min: number, max: number): Int32Array[] =>
  Array.from({ length: outputs }, (_, o) => Int32Array.from(integers(taps, min, max, o + 7)));

const edge = (shape: Shape, bits: number, signed = false): EdgeType => ({
  shape,
  bits,
  signed,
  scale: 0.125,
  zeroPoint: signed ? 0 : 3,
  range: { min: 0, max: 2 ** bits - 1 },
});

const requant = (channels: number, biasLimit: number): Requant => ({
  mode: "full",
  multiplier: integers(channels, -32768, 32767, 3),
  bias: integers(channels, -biasLimit, biasLimit, 5),
  shift: 17,
  clamp: { min: 0, max: 15 },
});

const window = (kh: number, kw: number, groups = 1) => ({
  kernel: [kh, kw] as const,
  stride: [1, 1] as const,
  dilation: [1, 1] as const,
  padding: [0, 0, 0, 0] as const,
  groups,
});

const base = (name: string, input: string, output: string) => ({
  name,
  inputs: [input],
  output,
  layers: [name],
  path: ["layers", 0],
  overrides: {},
});

const leaky: Requant = {
  ...requant(3, 1000),
  clamp: null,
  negative: { multiplier: [1, -2, 3], bias: [-(2 ** 40), 0, 2 ** 40], pivot: -7 },
};

const nodes: readonly QuantizedNode[] = [
  { op: "requant", ...base("int", "in", "e0"), requant: requant(2, 2 ** 20) },
  {
    op: "sad",
    ...base("conv1", "e0", "e1"),
    window: window(3, 2),
    weights: { rows: rows(5, 12, 0, 15), bits: 4, signed: false },
    accRange: { min: 0, max: 180 },
    requant: requant(5, 2 ** 52),
  },
  { op: "max_pool", ...base("pool", "e1", "e2"), window: window(2, 2) },
  {
    op: "sad",
    ...base("../CONV1 */ `include", "e2", "e3"),
    window: window(2, 2, 5),
    weights: { rows: rows(5, 4, 0, 511), bits: 9, signed: false },
    accRange: { min: 0, max: 2044 },
    requant: requant(5, 100),
  },
  {
    op: "mac",
    ...base("畳み\n込み", "e3", "e4"),
    window: window(1, 1),
    weights: { rows: rows(3, 5, -127, 127), bits: 8, signed: true },
    accRange: { min: -9999, max: 9999 },
    requant: leaky,
  },
  {
    op: "add",
    ...base("con", "e4", "e5"),
    inputs: ["e4", "e4"],
    multipliers: [70000, -3],
    bias: 12,
    shift: 9,
    clamp: { min: 0, max: 255 },
  },
  { op: "argmax", ...base("out", "e5", "e6") },
];

export const sampleNetwork: QuantizedNetwork = {
  name: "3 nets/#1",
  input: { name: "in", shape: [6, 6, 2], storage: "uint8", scale: [1, 1], offset: [0, 0] },
  inputEdge: "in",
  edges: {
    in: edge([6, 6, 2], 8),
    e0: edge([6, 6, 2], 4),
    e1: edge([4, 5, 5], 4),
    e2: edge([2, 2, 5], 9),
    e3: edge([1, 1, 5], 4),
    e4: edge([1, 1, 3], 24, true),
    e5: edge([1, 1, 3], 8),
    e6: edge([1, 1, 1], 2),
  },
  nodes,
  outputs: ["e6"],
};
