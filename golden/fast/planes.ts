// Adder layers of few taps for the kernel that takes 16 neighbouring windows at a time.
import type { MacNode, SadNode } from "../../generator/ir/quantized.ts";
import type { Arena } from "./arena.ts";
import type { Call, NodeInput } from "./call.ts";
import { finishRecord } from "./finish.ts";
import type { Place } from "./place.ts";

/** Beyond these, gathering windows costs less than what it saves. */
const MOST_CHANNELS = 4;
const MOST_TAPS = 64;
const FEWEST_COLUMNS = 8;

/** Whether a layer whose taps are bytes suits the kernel, beside having byte results and no accumulators to keep. */
export function suitsPlanes({ node, edges }: NodeInput<SadNode | MacNode>): boolean {
  const { groups, stride, kernel } = node.window;
  const channels = edges.inputs[0]!.shape[2];
  return (
    groups === 1 &&
    stride[1] === 1 &&
    channels <= MOST_CHANNELS &&
    kernel[0] * kernel[1] * channels <= MOST_TAPS &&
    edges.output.shape[1] >= FEWEST_COLUMNS
  );
}

/** The calls; see wasm/assembly/planes.ts for the record. */
export function planesCalls(arena: Arena, given: NodeInput<SadNode | MacNode>, place: Place): Call[] {
  const { node, edges, inputs } = given;
  const { kernel, stride, dilation, padding } = node.window;
  const [height, width, channels] = edges.inputs[0]!.shape;
  const [rows, columns] = edges.output.shape;
  const [top, left, bottom, right] = padding;
  const pitch = left + width + right;
  const plane = (top + height + bottom) * pitch;
  const map = arena.place(new Uint8Array(plane * channels).fill(edges.inputs[0]!.zeroPoint));

  const offsets: number[] = [];
  for (let ky = 0; ky < kernel[0]; ky++)
    for (let kx = 0; kx < kernel[1]; kx++)
      for (let c = 0; c < channels; c++) offsets.push(c * plane + ky * dilation[0] * pitch + kx * dilation[1]);
  const filters = Math.ceil(node.weights.rows.length / 2) * 2;
  const weights = new Uint8Array(filters * offsets.length);
  const constants = new Int32Array(filters);
  node.weights.rows.forEach((row, o) => {
    const first = (o & ~1) * offsets.length + (o & 1);
    row.forEach((w, k) => {
      weights[first + 2 * k] = w;
      constants[o]! += w;
    });
  });
  const record = arena.words([
    map,
    stride[0] * pitch,
    rows,
    columns,
    arena.words(offsets),
    offsets.length,
    arena.place(weights),
    filters,
    arena.place(constants),
    arena.reserve(16),
  ]);
  const inner = map + top * pitch + left;
  return [
    { kernel: "copyPlanes8", args: [inputs[0]!.at, inner, height, width, channels, pitch, plane] },
    { kernel: "sadPlanes8", args: [record, finishRecord(arena, node.requant, place)] },
  ];
}
