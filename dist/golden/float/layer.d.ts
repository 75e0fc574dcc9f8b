import type { GraphNode } from "../../generator/ir/graph.js";
import type { FloatTensor } from "../../generator/ir/tensor.js";
/** Real values of one layer from those of its inputs; maps are HWC, the result has the node's shape. */
export type FloatLayer = (node: GraphNode, inputs: readonly FloatTensor[]) => FloatTensor;
/** The layer's tensor `role`; throws where the node has none. */
export declare function weightsOf(node: GraphNode, role: string): Float64Array;
/** The same function of every value and its channel. */
export declare function perValue(node: GraphNode, x: FloatTensor, f: (v: number, channel: number) => number): FloatTensor;
/** A layer that is a function of each value alone. */
export declare const pointwise: (f: (v: number) => number) => FloatLayer;
