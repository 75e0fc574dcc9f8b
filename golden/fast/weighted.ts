// Adder and multiply layers: windows are gathered into one array, then every row of weights runs over it.
import type { MacNode, SadNode } from "../../generator/ir/quantized.ts";
import { bitsFor, mac, requant, sad, unionAll } from "../arith/index.ts";
import type { NodeEdges } from "../ops/index.ts";
import { pixelTable } from "./pixels.ts";
import type { Buffers, Prepare, Values } from "./step.ts";

/** out[o] = reduction of x and row first + o of the weights, for each o below out.length. */
type Rows = (x: Int32Array, weights: Int32Array, first: number, out: Float64Array) => void;

/** Sums stay in 32-bit integers here, which the engine keeps in registers. */
const sadRows: Rows = (x, weights, first, out) => {
  const taps = x.length;
  for (let o = 0, at = first * taps; o < out.length; o++) {
    let acc = 0;
    for (let k = 0; k < taps; k++, at++) {
      const d = (x[k]! - weights[at]!) | 0;
      acc = (acc + Math.abs(d)) | 0;
    }
    out[o] = acc;
  }
};

const macRows: Rows = (x, weights, first, out) => {
  const taps = x.length;
  for (let o = 0, at = first * taps; o < out.length; o++) {
    let acc = 0;
    for (let k = 0; k < taps; k++, at++) acc = (acc + Math.imul(x[k]!, weights[at]!)) | 0;
    out[o] = acc;
  }
};

/** For sums beyond 32 bits: the definition itself, row by row. */
const wideRows =
  (reduce: (x: ArrayLike<number>, w: ArrayLike<number>) => number): Rows =>
  (x, weights, first, out) => {
    for (let o = 0; o < out.length; o++)
      out[o] = reduce(x, weights.subarray((first + o) * x.length, (first + o + 1) * x.length));
  };

function prepare(node: SadNode | MacNode, edges: NodeEdges, buffers: Buffers, narrow: Rows, wide: Rows): () => void {
  const { window, weights, accRange } = node;
  const [input, output] = [edges.inputs[0]!, edges.output];
  const x = buffers.inputs[0]!;
  const outside = input.zeroPoint;
  const pixels = pixelTable(window, input.shape, output.shape);
  const kernel = window.kernel[0] * window.kernel[1];
  const channels = input.shape[2];
  const inGroup = channels / window.groups;
  const outGroup = output.shape[2] / window.groups;
  const taps = kernel * inGroup;
  const flat = new Int32Array(weights.rows.length * taps);
  weights.rows.forEach((row, o) => {
    flat.set(row, o * taps);
  });
  const wires = bitsFor(unionAll([accRange, { min: 0, max: 0 }, input.range, { min: outside, max: outside }]));
  const rows = wires < 32 ? narrow : wide;
  const patch = new Int32Array(taps);
  const sums = new Float64Array(outGroup);
  const finish = requant.prepare(node.requant, accRange);
  const positions = output.shape[0] * output.shape[1];

  return () => {
    let at = 0;
    for (let p = 0; p < positions; p++)
      for (let g = 0; g < window.groups; g++) {
        gatherInto(patch, x, pixels, p * kernel, kernel, channels, g * inGroup, inGroup, outside);
        rows(patch, flat, g * outGroup, sums);
        if (buffers.acc) buffers.acc.set(sums, at);
        for (let o = 0; o < outGroup; o++) buffers.output[at++] = finish(sums[o]!, g * outGroup + o);
      }
  };
}

function gatherInto(
  patch: Int32Array,
  x: Values,
  pixels: Int32Array,
  from: number,
  kernel: number,
  channels: number,
  first: number,
  count: number,
  outside: number,
): void {
  let k = 0;
  for (let t = 0; t < kernel; t++) {
    const pixel = pixels[from + t]!;
    if (pixel < 0) for (let c = 0; c < count; c++) patch[k++] = outside;
    else for (let c = 0, i = pixel * channels + first; c < count; c++, i++) patch[k++] = x[i]!;
  }
}

export const sadStep: Prepare<SadNode> = (node, edges, buffers) =>
  prepare(node, edges, buffers, sadRows, wideRows(sad.eval));

export const macStep: Prepare<MacNode> = (node, edges, buffers) =>
  prepare(node, edges, buffers, macRows, wideRows(mac.eval));
