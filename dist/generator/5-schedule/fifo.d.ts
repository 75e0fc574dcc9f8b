import type { QuantizedNetwork, QuantizedNode } from "../ir/quantized.js";
import { type FoldPlan, type NodeTypes } from "../ops/define.js";
/** What the FIFOs must know of a scheduled node. */
export type Planned = Pick<FoldPlan, "lanesIn" | "lanesOut"> & {
    readonly types: NodeTypes;
};
/**
 * Pixels that wait on each input of every node with several inputs, by node name. Let branch i need n_i(p) pixels of a
 * common ancestor before it gives its pixel p. While the slowest branch collects T = max_j n_j(p), branch i may already
 * have given every pixel that T allows: all but the p that the join has taken must find room, else the fork stops and
 * nothing moves again. Never more than the branch's tensor. Where beats hold several pixels, whole beats count.
 */
export declare function joinDepths(net: QuantizedNetwork, planned: (n: QuantizedNode) => Planned): Map<string, number[]>;
