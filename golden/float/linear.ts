// y[o] = SUM x * w[o] over the whole vector, plus a bias where there is one.
import type { GraphNode } from "../../generator/ir/graph.ts";
import type { FloatTensor } from "../../generator/ir/tensor.ts";
import { type FloatLayer, weightsOf } from "./layer.ts";
import { product, type Reduce } from "./slide.ts";

export const linear: FloatLayer = (node, [x]) => fullyConnected(node, x!, weightsOf(node, "weights"), product);

/** out[o] = reduction of all of x, in HWC order, with row o of `weights`, plus bias[o]. */
export function fullyConnected(node: GraphNode, x: FloatTensor, weights: Float64Array, reduce: Reduce): FloatTensor {
  const units = node.shape[2];
  const inputs = x.data.length;
  if (weights.length !== units * inputs)
    throw new Error(`layer "${node.name}": ${weights.length} weights for ${units} x ${inputs}`);
  const data = new Float64Array(units);
  reduce(x.data, weights, 0, data);
  const bias = node.tensors.bias?.data;
  return { shape: node.shape, data: bias ? data.map((v, o) => v + bias[o]!) : data };
}
