import type { QuantizedNode } from "../../generator/ir/quantized.js";
import type { NodeEdges } from "../ops/index.js";
/** Unsigned bytes where a kernel works on them. */
export type Values = Uint8Array | Int32Array | Float64Array;
/** Where a node finds its inputs and leaves its results; the same arrays for every frame. */
export interface Buffers {
    readonly inputs: readonly Values[];
    readonly output: Values;
    /** Filled where present. */
    readonly acc: Values | undefined;
}
/** Sets a node up; the function that it gives computes one frame. */
export type Prepare<N extends QuantizedNode> = (node: N, edges: NodeEdges, buffers: Buffers) => () => void;
