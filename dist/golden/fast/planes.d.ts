import type { MacNode, SadNode } from "../../generator/ir/quantized.js";
import type { Arena } from "./arena.js";
import type { Call, NodeInput } from "./calls.js";
import type { Place } from "./place.js";
/** Whether a layer whose taps are bytes suits the kernel, beside having byte results and no accumulators to keep. */
export declare function suitsPlanes({ node, edges }: NodeInput<SadNode | MacNode>): boolean;
/** The calls; see wasm/assembly/planes.ts for the record. */
export declare function planesCalls(arena: Arena, given: NodeInput<SadNode | MacNode>, place: Place): Call[];
