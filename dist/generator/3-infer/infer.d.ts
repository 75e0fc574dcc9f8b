import type { Wiring } from "../2-graph/graph.js";
import type { Report } from "../diagnostics/diagnostics.js";
import type { Graph } from "../ir/graph.js";
import type { TensorSource } from "./tensors.js";
export declare function infer(wiring: Wiring, source: TensorSource, report: Report): Graph | undefined;
