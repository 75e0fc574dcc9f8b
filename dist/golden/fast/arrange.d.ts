import type { ConcatNode, PadNode, TableNode, UpsampleNode } from "../../generator/ir/quantized.js";
import type { Arena } from "./arena.js";
import type { NodeCalls, NodeInput } from "./calls.js";
export declare function tableCalls(arena: Arena, { node, edges, inputs }: NodeInput<TableNode>): NodeCalls | undefined;
export declare function concatCalls(arena: Arena, { edges, inputs }: NodeInput<ConcatNode>): NodeCalls | undefined;
export declare function upsampleCalls(arena: Arena, { node, edges, inputs }: NodeInput<UpsampleNode>): NodeCalls;
export declare function padCalls(arena: Arena, { node, edges, inputs }: NodeInput<PadNode>): NodeCalls | undefined;
