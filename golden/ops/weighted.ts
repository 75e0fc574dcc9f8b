// The part that adder and multiply layers share: every output channel compares its row with a window.
import type { MacNode, SadNode } from "../../generator/ir/quantized.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { requant } from "../arith/index.ts";
import { type NodeEdges, type OpResult, sizeOf, storageFor } from "./op.ts";
import { gather } from "./window.ts";

/** `reduce` makes the accumulator of one window and one row. */
export function weighted(
  node: SadNode | MacNode,
  x: IntTensor,
  edges: NodeEdges,
  reduce: (x: ArrayLike<number>, w: ArrayLike<number>) => number,
): OpResult {
  const { window, weights, accRange } = node;
  const [oh, ow, channels] = edges.output.shape;
  const perGroup = { in: x.shape[2] / window.groups, out: channels / window.groups };
  const acc = storageFor(accRange, sizeOf(edges.output.shape));
  const output = storageFor(edges.output.range, acc.length);
  let at = 0;
  for (let oy = 0; oy < oh; oy++)
    for (let ox = 0; ox < ow; ox++)
      for (let group = 0; group < window.groups; group++) {
        const taps = gather(x, window, oy, ox, group * perGroup.in, perGroup.in, edges.inputs[0]!.zeroPoint);
        for (let o = group * perGroup.out; o < (group + 1) * perGroup.out; o++, at++) {
          acc[at] = reduce(taps, weights.rows[o]!);
          output[at] = requant.eval(node.requant, acc[at]!, o);
        }
      }
  return { output: { shape: edges.output.shape, data: output }, acc: { shape: edges.output.shape, data: acc } };
}
