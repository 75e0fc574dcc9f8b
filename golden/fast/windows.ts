// Adder and multiply layers for the kernels: geometry, weights in whole vectors, and the record that describes both.
import type { MacNode, SadNode } from "../../generator/ir/quantized.ts";
import type { IntRange } from "../../generator/ir/tensor.ts";
import { mac, sad, union, within } from "../arith/index.ts";
import type { Arena } from "./arena.ts";
import type { Call, NodeCalls, NodeInput } from "./call.ts";
import { finishRecord, resultPlace, resultRange } from "./finish.ts";
import { type Place, placeFor } from "./place.ts";
import { planesCalls, suitsPlanes } from "./planes.ts";
import type { Kernel } from "./wasm/kernels.ts";

/** What the kernel works on: unsigned bytes, unsigned 16 bits, or signed 16 bits with `offset` taken from every x. */
interface Format {
  readonly kernel: Kernel;
  readonly bytes: 1 | 2;
  /** Vectors of 16 bytes whose sums the kernel's lanes hold. */
  readonly vectors: number;
  readonly offset: number;
}

const INT32: IntRange = { min: -(2 ** 31), max: 2 ** 31 - 1 };
const INT16: IntRange = { min: -32768, max: 32767 };
/** Pairwise sums of bytes in lanes of 16 bits: 128 * 2 * 255 < 2^16. Wider lanes hold the sums of any window. */
const VECTORS = 128;
/** From so many vectors on, adding in lanes of 8 bits saves more than emptying them costs. */
const SMALL_VECTORS = 6;
/** Gathered windows stay in the first cache beside a few filters. */
const TILE_BYTES = 12 * 1024;

function formatFor(op: "sad" | "mac", x: IntRange, w: IntRange, stored: Place): Format | undefined {
  if (op === "sad") {
    const all = union(x, w);
    if (stored.size === 1 && within(all, { min: 0, max: 255 })) {
      const small = Math.floor(255 / Math.max(1, Math.min(x.max, w.max)));
      if (small >= SMALL_VECTORS)
        return { kernel: "sad8Small", bytes: 1, offset: 0, vectors: Math.min(small, VECTORS) };
      return { kernel: "sad8", bytes: 1, offset: 0, vectors: VECTORS };
    }
    if (!within(all, { min: 0, max: 65535 })) return undefined;
    return { kernel: "sad16", bytes: 2, offset: 0, vectors: VECTORS };
  }
  if (!within(w, INT16)) return undefined;
  for (const offset of [0, 32768])
    if (within({ min: x.min - offset, max: x.max - offset }, INT16))
      return { kernel: "mac16", bytes: 2, offset, vectors: VECTORS };
  return undefined;
}

function rangeOf(rows: readonly ArrayLike<number>[]): IntRange {
  let [min, max] = [0, 0];
  for (const row of rows)
    for (let k = 0; k < row.length; k++) {
      if (row[k]! < min) min = row[k]!;
      if (row[k]! > max) max = row[k]!;
    }
  return { min, max };
}

/** The calls of one layer; undefined where its numbers are too large for every kernel. */
export function weightedCalls(arena: Arena, given: NodeInput<SadNode | MacNode>): NodeCalls | undefined {
  const { node, edges, inputs, keep } = given;
  const [stored, input, output] = [inputs[0]!, edges.inputs[0]!, edges.output];
  const { rows } = node.weights;
  const padded = node.window.padding.some((p) => p > 0);
  const x = padded ? union(input.range, { min: input.zeroPoint, max: input.zeroPoint }) : input.range;
  const sums = (node.op === "sad" ? sad : mac).layerRange(x, rows);
  const result = resultRange(node.requant, sums);
  if (stored.size === 8 || !within(sums, INT32) || !result) return undefined;
  const format = formatFor(node.op, x, rangeOf(rows), stored);
  if (!format) return undefined;

  const { place, checked } = resultPlace(arena, output.shape, result, output.range);
  if (format.bytes === 1 && place.size === 1 && !keep && suitsPlanes(given))
    return { calls: planesCalls(arena, given, place), output: place, checked };
  const acc = keep ? placeFor(arena, output.shape, 4) : undefined;
  const map = paddedMap(arena, given, format);
  const record = windowsRecord(arena, given, format, map, acc?.at ?? 0);
  return {
    calls: [...map.calls, { kernel: format.kernel, args: [record, finishRecord(arena, node.requant, place)] }],
    output: place,
    checked,
    acc,
  };
}

interface PaddedMap {
  readonly at: number;
  /** Bytes of a row. */
  readonly pitch: number;
  readonly calls: readonly Call[];
}

function paddedMap(arena: Arena, { node, edges, inputs }: NodeInput<SadNode | MacNode>, format: Format): PaddedMap {
  const [height, width, channels] = edges.inputs[0]!.shape;
  const [top, left, bottom, right] = node.window.padding;
  const stored = inputs[0]!;
  const { bytes, offset } = format;
  const pitch = (left + width + right) * channels * bytes;
  const none = top + left + bottom + right === 0;
  if (none && bytes === 1) return { at: stored.at, pitch, calls: [] };
  const total = (top + height + bottom) * pitch;
  const outside = edges.inputs[0]!.zeroPoint - offset;
  const at = arena.place(bytes === 1 ? new Uint8Array(total).fill(outside) : new Int16Array(total / 2).fill(outside));
  const inner = at + top * pitch + left * channels * bytes;
  const kernel = bytes === 1 ? "copyRows8" : stored.size === 1 ? "copyRows8To16" : "copyRows32To16";
  const args = [stored.at, inner, height, width * channels, pitch];
  return { at, pitch, calls: [{ kernel, args: bytes === 1 ? args : [...args, offset] }] };
}

/** Address of the Windows record (see wasm/assembly/windows.ts). */
function windowsRecord(
  arena: Arena,
  { node, edges }: NodeInput<SadNode | MacNode>,
  { bytes, offset, vectors }: Format,
  map: PaddedMap,
  keep: number,
): number {
  const { kernel, stride, dilation, groups } = node.window;
  const [rows, columns, outChannels] = edges.output.shape;
  const channels = edges.inputs[0]!.shape[2];
  const inGroup = channels / groups;
  const used = outChannels / groups;
  const filters = Math.ceil(used / 4) * 4;
  const taps = kernel[0] * kernel[1] * inGroup;
  const patchBytes = Math.ceil((taps * bytes) / 16) * 16;
  const pitch = patchBytes / bytes;

  // Taps of one row of the kernel follow each other where the window has all channels and no gaps.
  const joined = groups === 1 && dilation[1] === 1;
  const runs: number[] = [];
  for (let ky = 0; ky < kernel[0]; ky++)
    for (let kx = 0; kx < (joined ? 1 : kernel[1]); kx++)
      runs.push(ky * dilation[0] * map.pitch + kx * dilation[1] * channels * bytes);

  const weights = bytes === 1 ? new Uint8Array(groups * filters * pitch) : new Int16Array(groups * filters * pitch);
  const constants = new Int32Array(groups * filters);
  node.weights.rows.forEach((row, o) => {
    const r = Math.floor(o / used) * filters + (o % used);
    weights.set(row, r * pitch);
    const sum = row.reduce((a, b) => a + b, 0);
    // Sums are modulo 2^32, so that a product of this size may be cut.
    constants[r] = node.op === "sad" ? sum : Math.imul(sum, offset);
  });

  const positions = rows * columns;
  // Of equal chunks none is short.
  const all = patchBytes / 16;
  const chunk = 16 * Math.ceil(all / Math.ceil(all / vectors));
  const tile = Math.max(2, Math.min(positions, Math.floor(TILE_BYTES / patchBytes)) & ~1);
  return arena.words([
    map.at,
    stride[0] * map.pitch,
    stride[1] * channels * bytes,
    inGroup * bytes,
    rows,
    columns,
    groups,
    arena.words(runs),
    runs.length,
    (joined ? kernel[1] : 1) * inGroup * bytes,
    arena.reserve(tile * patchBytes),
    patchBytes,
    tile,
    chunk,
    arena.place(weights),
    filters,
    used,
    arena.place(constants),
    arena.reserve(tile * filters * 4),
    keep,
  ]);
}
