import type { Graph } from "../ir/graph.js";
import type { IntTensor } from "../ir/tensor.js";
import type { IntegerProbe } from "./quantize.js";
import type { LayerStats } from "./scale.js";
/** Statistics of the input and of every layer over the images (stored integers, HWC). */
export declare function calibrate(graph: Graph, images: readonly IntTensor[], onProgress?: (done: number) => void): Map<string, LayerStats>;
/** Follows the integer network over the images while stage 4 builds it. */
export declare function integerProbe(images: readonly IntTensor[], inputEdge: string): IntegerProbe;
