// y[o] = SUM x * w[o] over the whole vector, plus a bias where there is one.
import type { GraphNode } from "../../generator/ir/graph.ts";
import type { FloatTensor } from "../../generator/ir/tensor.ts";
import { type FloatLayer, weightsOf } from "./layer.ts";
import { product } from "./slide.ts";

export const linear: FloatLayer = (node, [x]) => fullyConnected(node, x!, weightsOf(node, "weights"), product);

/** out[o] = reduce(all of x in HWC order, row o of `weights`) + bias[o]. */
export function fullyConnected(
  node: GraphNode,
  x: FloatTensor,
  weights: Float64Array,
  reduce: (x: Float64Array, weights: Float64Array, from: number) => number,
): FloatTensor {
  const units = node.shape[2];
  const inputs = x.data.length;
  if (weights.length !== units * inputs)
    throw new Error(`layer "${node.name}": ${weights.length} weights for ${units} x ${inputs}`);
  const bias = node.tensors.bias?.data;
  return {
    shape: node.shape,
    data: Float64Array.from({ length: units }, (_, o) => reduce(x.data, weights, o * inputs) + (bias?.[o] ?? 0)),
  };
}
