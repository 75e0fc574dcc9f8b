// What every op of the integer network is to the golden model.
import type { QuantizedNode } from "../../generator/ir/quantized.ts";
import type { EdgeType, IntRange, IntTensor, Shape } from "../../generator/ir/tensor.ts";

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

const INT32: IntRange = { min: -(2 ** 31), max: 2 ** 31 - 1 };

/** Storage for `length` values of `range`: 32-bit integers where they fit. */
export const storageFor = (range: IntRange, length: number): Int32Array | Float64Array =>
  range.min >= INT32.min && range.max <= INT32.max ? new Int32Array(length) : new Float64Array(length);

export const sizeOf = ([h, w, c]: Shape): number => h * w * c;
