// The folds that a user may ask for.
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { FoldSpace } from "../ops/define.ts";
import { hardwareOf } from "../ops/index.ts";

/** Legal PE and SIMD of each node, by its name; a node without hardware has none. */
export function legalFolds(net: QuantizedNetwork): Map<string, FoldSpace> {
  const found = new Map<string, FoldSpace>();
  for (const node of net.nodes) {
    const types = { inputs: node.inputs.map((e) => net.edges[e]!), output: net.edges[node.output]! };
    const space = hardwareOf(node)?.folds(node, types);
    if (space) found.set(node.name, space);
  }
  return found;
}
