import type { AvgPoolNode, MaxPoolNode } from "../../generator/ir/quantized.js";
import type { Prepare } from "./step.js";
export declare const maxPoolStep: Prepare<MaxPoolNode>;
export declare const avgPoolStep: Prepare<AvgPoolNode>;
