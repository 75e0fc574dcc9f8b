import type { MacNode, SadNode } from "../../generator/ir/quantized.js";
import type { Arena } from "./arena.js";
import type { NodeCalls, NodeInput } from "./calls.js";
/** The calls of one layer; undefined where its numbers are too large for every kernel. */
export declare function weightedCalls(arena: Arena, given: NodeInput<SadNode | MacNode>): NodeCalls | undefined;
