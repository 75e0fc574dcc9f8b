import type { MacNode, SadNode } from "../../generator/ir/quantized.js";
import type { IntTensor } from "../../generator/ir/tensor.js";
import { type NodeEdges, type OpResult } from "./op.js";
/** `reduce` makes the accumulator of one window and one row. */
export declare function weighted(node: SadNode | MacNode, x: IntTensor, edges: NodeEdges, reduce: (x: ArrayLike<number>, w: ArrayLike<number>) => number): OpResult;
