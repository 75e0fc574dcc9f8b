// What every layer kind is to the float reference.
import type { GraphNode } from "../../generator/ir/graph.ts";
import type { FloatTensor } from "../../generator/ir/tensor.ts";

/**
 * Real values of one layer from those of its inputs; maps are HWC, the result has the node's shape. `A`: the attributes
 * that the kind reads. A method's type, so that a layer of any attributes is one of the registry's.
 */
export type FloatLayer<A extends object = object> = {
  of(node: GraphNode<A>, inputs: readonly FloatTensor[]): FloatTensor;
}["of"];

/** The layer's tensor `role`; throws where the node has none. */
export function weightsOf(node: GraphNode, role: string): Float64Array {
  const t = node.tensors[role];
  if (!t) throw new Error(`layer "${node.name}" has no tensor "${role}"`);
  return t.data;
}

/** The same function of every value and its channel. */
export function perValue(node: GraphNode, x: FloatTensor, f: (v: number, channel: number) => number): FloatTensor {
  const channels = node.shape[2];
  const data = new Float64Array(x.data.length);
  for (let i = 0, c = 0; i < data.length; i++, c = c + 1 === channels ? 0 : c + 1) data[i] = f(x.data[i]!, c);
  return { shape: node.shape, data };
}

/** A layer that is a function of each value alone. */
export const pointwise =
  (f: (v: number) => number): FloatLayer =>
  (node, [x]) =>
    perValue(node, x!, f);
