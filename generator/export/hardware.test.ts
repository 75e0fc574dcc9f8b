// Exported words and the memories of the hardware are the same.
import { expect, test } from "vitest";
import { schedule } from "../5-schedule/schedule.ts";
import { lower } from "../6-lower/lower.ts";
import { Report } from "../diagnostics/diagnostics.ts";
import type { QuantizedNetwork, QuantizedNode, Requant } from "../ir/quantized.ts";
import type { EdgeType, Shape } from "../ir/tensor.ts";
import { exportFormats } from "./index.ts";

const edge = (shape: Shape): EdgeType => ({
  shape,
  bits: 4,
  signed: false,
  scale: 1,
  zeroPoint: 0,
  range: { min: 0, max: 15 },
});

const requant = (channels: number): Requant => ({
  mode: "full",
  multiplier: Array.from({ length: channels }, (_, c) => -100 - c),
  bias: Array.from({ length: channels }, (_, c) => 9000 + c),
  shift: 8,
  clamp: { min: 0, max: 15 },
});

interface Layer {
  name: string;
  op: "sad" | "mac";
  size: number;
  channels: number;
  filters: number;
  kernel: number;
  groups?: number;
  pe: number;
  simd: number;
}

const layers: Layer[] = [
  { name: "ragged", op: "sad", size: 6, channels: 4, filters: 5, kernel: 2, pe: 2, simd: 2 },
  { name: "depthwise", op: "sad", size: 5, channels: 5, filters: 5, kernel: 3, groups: 5, pe: 1, simd: 5 },
  { name: "one", op: "sad", size: 3, channels: 5, filters: 6, kernel: 1, pe: 1, simd: 1 },
  { name: "grouped", op: "sad", size: 3, channels: 6, filters: 12, kernel: 1, groups: 3, pe: 2, simd: 2 },
  { name: "product", op: "mac", size: 3, channels: 12, filters: 3, kernel: 3, pe: 3, simd: 4 },
];

function node(layer: Layer, index: number): QuantizedNode {
  const { op, kernel, channels, filters, groups = 1, pe, simd, name } = layer;
  const taps = kernel * kernel * (channels / groups);
  const signed = op === "mac";
  const row = (o: number) => Int32Array.from({ length: taps }, (_, k) => ((o * 31 + k * 7) % 16) - (signed ? 8 : 0));
  return {
    op,
    name,
    inputs: [`e${index}`],
    output: `e${index + 1}`,
    layers: [name],
    path: ["layers", index],
    overrides: { pe, simd },
    window: { kernel: [kernel, kernel], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups },
    weights: { rows: Array.from({ length: filters }, (_, o) => row(o)), bits: 4, signed },
    accRange: signed ? { min: -120 * taps, max: 105 * taps } : { min: 0, max: 15 * taps },
    requant: requant(filters),
  };
}

const out = layers.map(({ size, kernel, filters }): Shape => [size - kernel + 1, size - kernel + 1, filters]);

const net: QuantizedNetwork = {
  name: "net",
  input: { name: "e0", shape: [6, 6, 4], storage: "uint8", scale: [1, 1, 1, 1], offset: [0, 0, 0, 0] },
  inputEdge: "e0",
  edges: Object.fromEntries([[6, 6, 4] as const, ...out].map((shape, i) => [`e${i}`, edge(shape)])),
  nodes: layers.map(node),
  outputs: [`e${layers.length}`],
};

test("folded weights are the words of the arrays' memories", () => {
  const report = new Report();
  const plan = schedule(net, { clockMHz: 100 }, report);
  expect(report.list).toEqual([]);
  const { memories } = lower(net, plan!, { l1: 0 });
  const folds = Object.fromEntries(plan!.nodes.map((n) => [n.node.name, n.fold]));
  const files = exportFormats.get("mem")!.files(net, { folds });
  for (const { name, pe, simd } of layers) {
    expect(folds[name]).toMatchObject({ pe, simd });
    const memory = memories.find(({ file }) => file.includes(`${name}_weights`))!;
    const text = new TextDecoder().decode(files.get(`${name}.weights.mem`)).replace(/^\/\/.*$/gm, "");
    const words = text.trim().split(/\s+/);
    expect(
      words.map((word) => BigInt(`0x${word}`)),
      name,
    ).toEqual(memory.words);
    expect(
      words.every((word) => word.length === Math.ceil(memory.wordBits / 4)),
      name,
    ).toBe(true);
  }
});
