import type { Report } from "../diagnostics/diagnostics.js";
import type { Graph } from "../ir/graph.js";
import type { QuantizeOptions } from "../ir/quantize-options.js";
import type { QuantizedNetwork, QuantizedNode } from "../ir/quantized.js";
import type { EdgeType } from "../ir/tensor.js";
import { type LayerStats } from "./scale.js";
/** Real results of every layer (and the input) on the calibration images, by name. */
export type Calibration = ReadonlyMap<string, LayerStats>;
/**
 * Follows the integer network over the calibration images while it is being built.
 */
export interface IntegerProbe {
    /** Mean of the accumulator of `node` for each channel; undefined where the node has none. */
    accumulatorMeans(node: QuantizedNode, edges: Readonly<Record<string, EdgeType>>): Float64Array | undefined;
    /** Computes the node's output for the nodes behind it. */
    advance(node: QuantizedNode, edges: Readonly<Record<string, EdgeType>>): void;
}
export declare function quantize(graph: Graph, calibration: Calibration, options: QuantizeOptions, report: Report, probe?: (inputEdge: string) => IntegerProbe): QuantizedNetwork | undefined;
