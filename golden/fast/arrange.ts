// Nodes that move values or look them up.
import type {
  ConcatNode,
  DepthToSpaceNode,
  PadNode,
  QuantizedNode,
  TableNode,
  UpsampleNode,
  ZeroInsertNode,
} from "../../generator/ir/quantized.ts";
import type { Shape } from "../../generator/ir/tensor.ts";
import { union, within } from "../arith/index.ts";
import { sizeOf } from "../ops/op.ts";
import type { Arena } from "./arena.ts";
import type { MakeCalls, NodeCalls, NodeInput } from "./call.ts";
import { pixelTable } from "./pixels.ts";
import { placeFor } from "./place.ts";

const BYTE = { min: 0, max: 255 };

export function tableCalls(arena: Arena, { node, edges, inputs }: NodeInput<TableNode>): NodeCalls | undefined {
  const [x, { range }] = [inputs[0]!, edges.inputs[0]!];
  const used = node.table.slice(range.min, range.max + 1);
  const bytes = used.every((v) => v >= BYTE.min && v <= BYTE.max);
  if (x.size !== 1 || used.length !== range.max - range.min + 1 || !bytes) return undefined;
  const table = new Uint8Array(256);
  table.set(used, range.min);
  const { shape, range: allowed } = edges.output;
  const place = placeFor(arena, shape, 1);
  return {
    calls: [{ kernel: "table8", args: [x.at, place.at, arena.place(table), sizeOf(shape)] }],
    output: place,
    checked: used.some((v) => v < allowed.min || v > allowed.max),
  };
}

export function concatCalls(arena: Arena, { edges, inputs }: NodeInput<ConcatNode>): NodeCalls | undefined {
  const { size } = inputs[0]!;
  if (inputs.some((x) => x.size !== size)) return undefined;
  const [height, width, channels] = edges.output.shape;
  const place = placeFor(arena, edges.output.shape, size);
  let to = place.at;
  const calls = inputs.map((x) => {
    const bytes = x.shape[2] * size;
    const offsets = arena.words(Array.from({ length: height * width }, (_, p) => p * bytes));
    const args = [x.at, offsets, height * width, bytes, to, channels * size];
    to += bytes;
    return { kernel: "copyRuns" as const, args };
  });
  return { calls, output: place, checked: !edges.inputs.every((e) => within(e.range, edges.output.range)) };
}

/** Every output pixel a pixel of the input, or the input's zero where `pixels` has a number below 0. */
function pixelCalls(
  arena: Arena,
  { edges, inputs }: NodeInput<QuantizedNode>,
  pixels: Int32Array,
): NodeCalls | undefined {
  const [x, { range, zeroPoint, shape }] = [inputs[0]!, edges.inputs[0]!];
  const zero = { min: zeroPoint, max: zeroPoint };
  const zeros = pixels.some((pixel) => pixel < 0);
  if (zeros && (x.size === 8 || (x.size === 1 && !within(zero, BYTE)))) return undefined;
  const length = sizeOf(edges.output.shape);
  // The zeros are there from the start, and no frame touches them.
  const start = () => arena.place((x.size === 1 ? new Uint8Array(length) : new Int32Array(length)).fill(zeroPoint));
  const place = zeros
    ? { at: start(), size: x.size, shape: edges.output.shape }
    : placeFor(arena, edges.output.shape, x.size);
  const bytes = shape[2] * x.size;
  const offsets = arena.place(pixels.map((pixel) => (pixel < 0 ? -1 : pixel * bytes)));
  return {
    calls: [{ kernel: "copyRuns", args: [x.at, offsets, pixels.length, bytes, place.at, bytes] }],
    output: place,
    checked: !within(zeros ? union(range, zero) : range, edges.output.range),
  };
}

/** The input's pixel at row and column of the output. */
const pixelsAt = ([height, width]: Shape, pixel: (y: number, x: number) => number): Int32Array =>
  Int32Array.from({ length: height * width }, (_, p) => pixel(Math.floor(p / width), p % width));

export const upsampleCalls: MakeCalls<UpsampleNode> = (arena, given) => {
  const [down, right] = given.node.factor;
  const columns = given.edges.inputs[0]!.shape[1];
  const from = (y: number, x: number) => Math.floor(y / down) * columns + Math.floor(x / right);
  return pixelCalls(arena, given, pixelsAt(given.edges.output.shape, from));
};

export const zeroInsertCalls: MakeCalls<ZeroInsertNode> = (arena, given) => {
  const [down, right] = given.node.factor;
  const columns = given.edges.inputs[0]!.shape[1];
  const from = (y: number, x: number) => (y % down || x % right ? -1 : (y / down) * columns + x / right);
  return pixelCalls(arena, given, pixelsAt(given.edges.output.shape, from));
};

export function depthToSpaceCalls(arena: Arena, { node, edges, inputs }: NodeInput<DepthToSpaceNode>): NodeCalls {
  const x = inputs[0]!;
  const [height, width, channels] = edges.output.shape;
  const [down, right] = node.block;
  const place = placeFor(arena, edges.output.shape, x.size);
  // The channels of an output pixel lie together in the one order, and apart in the other.
  const [run, runs] = node.order === "dcr" ? [channels, 1] : [1, channels];
  const offsets = Array.from({ length: height * width * runs }, (_, i) => {
    const [p, c] = [Math.floor(i / runs), i % runs];
    const [oy, ox] = [Math.floor(p / width), p % width];
    const cell = (oy % down) * right + (ox % right);
    const channel = node.order === "dcr" ? cell * channels : c * down * right + cell;
    return ((Math.floor(oy / down) * x.shape[1] + Math.floor(ox / right)) * x.shape[2] + channel) * x.size;
  });
  const bytes = run * x.size;
  return {
    calls: [{ kernel: "copyRuns", args: [x.at, arena.words(offsets), offsets.length, bytes, place.at, bytes] }],
    output: place,
    checked: !within(edges.inputs[0]!.range, edges.output.range),
  };
}

export const padCalls: MakeCalls<PadNode> = (arena, given) =>
  pixelCalls(arena, given, pixelTable(given.node.window, given.edges.inputs[0]!.shape, given.edges.output.shape));
