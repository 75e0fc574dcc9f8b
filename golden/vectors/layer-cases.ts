// The single-layer cases in layers/, as integer networks and float graphs of one layer.
import { readFileSync } from "node:fs";
import type { Graph, GraphNode, WindowAttrs } from "../../generator/ir/graph.ts";
import type { QuantizedNetwork, QuantizedNode, Requant } from "../../generator/ir/quantized.ts";
import type { EdgeType, FloatTensor, IntTensor, Shape } from "../../generator/ir/tensor.ts";
import { mac, rangeOfBits, sad, windowSum } from "../arith/index.ts";
import { chwToHwc, projectPath } from "./files.ts";

/** One case; arrays are channels first, keyed as in layers/README. */
export interface LayerCase {
  readonly name: string;
  readonly op: string;
  readonly kernel?: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly dilation?: readonly [number, number];
  /** top, bottom, left, right */
  readonly pad_tblr?: readonly [number, number, number, number];
  readonly pad_hw?: readonly [number, number];
  readonly groups?: number;
  readonly input_signed?: boolean;
  readonly out_shape: readonly number[];
  readonly shift?: number;
  readonly clamp?: readonly [number, number];
  readonly count_include_pad?: boolean;
  readonly data: Readonly<Record<string, readonly number[]>>;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
}

export const layerCases = JSON.parse(
  readFileSync(projectPath("golden/vectors/layers/layers_int.json"), "utf8"),
) as readonly LayerCase[];

/** [C, H, W] or [N] as [H, W, C]. */
export const hwcShape = (s: readonly number[]): Shape => (s.length === 3 ? [s[1]!, s[2]!, s[0]!] : [1, 1, s[0]!]);

/** Values of array `key` in HWC order. */
export const hwc = (c: LayerCase, key: string): number[] => chwToHwc(c.data[key]!, c.shapes[key]!);

export function windowOf(c: LayerCase): WindowAttrs {
  const [h, w] = hwcShape(c.shapes.xi!);
  const whole = c.op === "global_avgpool";
  const [top, bottom, left, right] = c.pad_tblr ?? [
    c.pad_hw?.[0] ?? 0,
    c.pad_hw?.[0] ?? 0,
    c.pad_hw?.[1] ?? 0,
    c.pad_hw?.[1] ?? 0,
  ];
  return {
    kernel: whole ? [h, w] : (c.kernel ?? [1, 1]),
    stride: c.stride ?? [1, 1],
    dilation: c.dilation ?? [1, 1],
    padding: [top, left, bottom, right],
    groups: c.groups ?? 1,
  };
}

/** Weights [out, in, kh, kw] or [out, in] as rows in (ky, kx, channel) order. */
export function rowsOf(data: ArrayLike<number>, shape: readonly number[]): number[][] {
  const [out, ...rest] = shape as [number, ...number[]];
  const size = rest.reduce((a, b) => a * b, 1);
  return Array.from({ length: out }, (_, o) =>
    chwToHwc(
      Array.from({ length: size }, (_, k) => data[o * size + k]!),
      rest,
    ),
  );
}

/** Signed inputs are stored with this offset, which is then their zero point. */
export const zeroPointOf = (signed: boolean | undefined): number => (signed ? 128 : 0);

export const byteEdge = (shape: Shape, zeroPoint: number): EdgeType => ({
  shape,
  bits: 8,
  signed: false,
  scale: 1,
  zeroPoint,
  range: rangeOfBits(8),
});

/** Results that keep their sign and width. */
const wideEdge = (shape: Shape): EdgeType => ({
  shape,
  bits: 32,
  signed: true,
  scale: 1,
  zeroPoint: 0,
  range: rangeOfBits(32, true),
});

const raw = (multiplier: number, bias: readonly number[]): Requant => ({
  mode: "full",
  multiplier: bias.map(() => multiplier),
  bias,
  shift: 0,
  clamp: null,
});

const base = { name: "layer", inputs: ["x"], output: "y", layers: ["layer"], path: [], overrides: {} };

/** The case's layer on its stored input, with the plain integer result as output. Not for add. */
export function intNetwork(c: LayerCase): QuantizedNetwork {
  const z = c.op === "requant" ? 0 : zeroPointOf(c.input_signed);
  const outShape = hwcShape(c.out_shape);
  const x = c.op === "requant" ? wideEdge(outShape) : byteEdge(hwcShape(c.shapes.xi!), z);
  return {
    name: c.name,
    input: { name: "x", shape: x.shape, storage: "uint8", scale: [1], offset: [0] },
    inputEdge: "x",
    edges: { x, y: c.op === "maxpool" ? byteEdge(outShape, z) : wideEdge(outShape) },
    nodes: [nodeOf(c, x, outShape)],
    outputs: ["y"],
  };
}

function nodeOf(c: LayerCase, x: EdgeType, outShape: Shape): QuantizedNode {
  const z = x.zeroPoint;
  const zeros = new Array<number>(outShape[2]).fill(0);
  switch (c.op) {
    case "adder2d":
    case "adder_linear": {
      // The common offset of both operands cancels in |x - w|.
      const rows = rowsOf(c.data.wi!, c.shapes.wi!).map((r) => Int32Array.from(r, (w) => w + z));
      const accRange = sad.layerRange(x.range, rows);
      const weights = { rows, bits: 10, signed: true };
      return { op: "sad", ...base, window: windowOf(c), weights, accRange, requant: raw(-1, zeros) };
    }
    case "conv2d":
    case "linear": {
      const rows = rowsOf(c.data.wi!, c.shapes.wi!).map((r) => Int32Array.from(r));
      const accRange = mac.layerRange(x.range, rows);
      const offset = rows.map((r) => 0 - z * windowSum.eval(r));
      const weights = { rows, bits: 8, signed: true };
      return { op: "mac", ...base, window: windowOf(c), weights, accRange, requant: raw(1, offset) };
    }
    case "maxpool":
      return { op: "max_pool", ...base, window: windowOf(c) };
    case "avgpool":
    case "global_avgpool": {
      const window = windowOf(c);
      const taps = window.kernel[0] * window.kernel[1];
      const accRange = windowSum.range(x.range, taps);
      return {
        op: "avg_pool",
        ...base,
        window,
        accRange,
        requant: raw(
          1,
          zeros.map(() => 0 - z * taps),
        ),
      };
    }
    case "requant": {
      const half = 2 ** (c.shift! - 1);
      const requant: Requant = {
        mode: "full",
        multiplier: c.data.mul!,
        bias: c.data.add!.map((b) => b + half),
        shift: c.shift!,
        clamp: { min: c.clamp![0], max: c.clamp![1] },
      };
      return { op: "requant", ...base, requant };
    }
    default:
      throw new Error(`no node for ${c.op}`);
  }
}

/** The case's stored input: signed values with their offset. */
export function storedInput(c: LayerCase): IntTensor {
  const key = c.op === "requant" ? "acc" : "xi";
  const z = zeroPointOf(c.input_signed);
  return { shape: hwcShape(c.shapes[key]!), data: Int32Array.from(hwc(c, key), (v) => v + z) };
}

const kinds: Readonly<Record<string, string>> = {
  adder2d: "adder_conv2d",
  conv2d: "conv2d",
  adder_linear: "adder_linear",
  linear: "linear",
  maxpool: "max_pool2d",
  avgpool: "avg_pool2d",
  global_avgpool: "global_avg_pool",
  add: "add",
};

/** A graph of the one layer; `weights` is the case's array wf. */
export function floatGraph(c: LayerCase, weights: FloatTensor | undefined): Graph {
  const x = hwcShape(c.shapes.xi ?? c.shapes.ai!);
  const out = hwcShape(c.out_shape);
  const rows = weights && rowsOf(weights.data, weights.shape).flat();
  const node: GraphNode = {
    name: "y",
    kind: kinds[c.op]!,
    inputs: ["x"],
    attrs: c.shapes.xi ? { ...windowOf(c), countPad: c.count_include_pad ?? true } : {},
    tensors: rows ? { weights: { shape: [rows.length], data: Float64Array.from(rows) } } : {},
    shape: out,
    overrides: {},
    path: [],
  };
  return {
    name: c.name,
    input: { name: "x", shape: x, storage: "uint8", scale: [1], offset: [0] },
    nodes: [node],
    outputs: ["y"],
  };
}
