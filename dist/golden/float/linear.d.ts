import type { GraphNode } from "../../generator/ir/graph.js";
import type { FloatTensor } from "../../generator/ir/tensor.js";
import { type FloatLayer } from "./layer.js";
import { type Reduce } from "./slide.js";
export declare const linear: FloatLayer;
/** out[o] = reduction of all of x, in HWC order, with row o of `weights`, plus bias[o]. */
export declare function fullyConnected(node: GraphNode, x: FloatTensor, weights: Float64Array, reduce: Reduce): FloatTensor;
