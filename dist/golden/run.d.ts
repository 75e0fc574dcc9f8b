import type { QuantizedNetwork, QuantizedNode } from "../generator/ir/quantized.js";
import type { EdgeType, IntRange, IntTensor } from "../generator/ir/tensor.js";
import { type NodeEdges } from "./ops/index.js";
export interface RunOptions {
    /**
     * Tensors to return: "all" edges and accumulators, or names. An edge bears its name, the accumulator of node n the
     * name `n.acc`. Absent: all edges, no accumulator.
     */
    readonly keep?: "all" | readonly string[] | undefined;
}
/** Name under which the accumulators of a node are returned. */
export declare const accName: (node: QuantizedNode) => string;
/** Types of the edges at `node`; throws where the network has none of that name. */
export declare function edgesOf(net: QuantizedNetwork, node: QuantizedNode): NodeEdges;
export declare function edgeOf(net: QuantizedNetwork, name: string): EdgeType;
/**
 * All tensors of one frame, by name.
 * @param image stored input values, HWC, in the input edge's shape
 * @throws RangeError where the image or any computed value leaves the range that its edge or node declares, or the
 *   image has another size
 */
export declare function runInteger(net: QuantizedNetwork, image: IntTensor, opts?: RunOptions): Map<string, IntTensor>;
/** Throws RangeError where the size or a value is not what the edge declares. */
export declare function checkTensor(t: IntTensor, edge: EdgeType, name: string): void;
export declare function checkValues(data: ArrayLike<number>, range: IntRange, name: string): void;
