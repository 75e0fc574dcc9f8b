import type { QuantizedNode } from "../../generator/ir/quantized.js";
import type { EdgeType, IntRange, IntTensor, Shape } from "../../generator/ir/tensor.js";
/** Types of the edges at a node; `inputs` in the node's order. */
export interface NodeEdges {
    readonly inputs: readonly EdgeType[];
    readonly output: EdgeType;
}
export interface OpResult {
    readonly output: IntTensor;
    /** Sums before the requantize step, in the output's shape, where the op has them. */
    readonly acc?: IntTensor;
}
/** Computes one node from its input tensors (HWC). */
export type Op<N extends QuantizedNode> = (node: N, inputs: readonly IntTensor[], edges: NodeEdges) => OpResult;
/** Storage for `length` values of `range`: 32-bit integers where they fit. */
export declare const storageFor: (range: IntRange, length: number) => Int32Array | Float64Array;
export declare const sizeOf: ([h, w, c]: Shape) => number;
