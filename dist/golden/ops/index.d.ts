import type { QuantizedNode } from "../../generator/ir/quantized.js";
import type { IntTensor } from "../../generator/ir/tensor.js";
import type { NodeEdges, Op, OpResult } from "./op.js";
type OpOf<K extends QuantizedNode["op"]> = Op<Extract<QuantizedNode, {
    op: K;
}>>;
export declare const ops: {
    readonly [K in QuantizedNode["op"]]: OpOf<K>;
};
/** Computes one node by its definition. */
export declare function evalNode(node: QuantizedNode, inputs: readonly IntTensor[], edges: NodeEdges): OpResult;
export type { NodeEdges, Op, OpResult } from "./op.js";
