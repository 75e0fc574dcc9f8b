import type { GraphNode } from "../../generator/ir/graph.js";
import type { FloatTensor } from "../../generator/ir/tensor.js";
/**
 * out = reduce(values inside the image, taps inside the image or its declared padding) for each position and channel.
 * A window that a rounded-up output size lets stick out further has taps that are neither.
 */
export declare function pool(node: GraphNode, x: FloatTensor, reduce: (inside: readonly number[], onPadded: number) => number): FloatTensor;
