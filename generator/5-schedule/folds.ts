// The folds that a user may ask for.
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { Fold, FoldSpace } from "../ops/define.ts";
import { hardwareOf } from "../ops/index.ts";

/** Legal folds of a node, and the arithmetic lanes that one of them takes. */
export interface LegalFolds extends FoldSpace {
  arithmeticLanes(fold: Fold): number;
}

/** Legal folds of each node, by its name; a node without hardware has none. */
export function legalFolds(net: QuantizedNetwork): Map<string, LegalFolds> {
  const found = new Map<string, LegalFolds>();
  for (const node of net.nodes) {
    const types = { inputs: node.inputs.map((e) => net.edges[e]!), output: net.edges[node.output]! };
    const op = hardwareOf(node);
    if (op)
      found.set(node.name, {
        ...op.folds(node, types),
        arithmeticLanes: (fold) => op.plan(node, types, fold).arithmeticLanes,
      });
  }
  return found;
}
