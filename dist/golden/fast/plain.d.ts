import type { QuantizedNode } from "../../generator/ir/quantized.js";
import type { Prepare } from "./step.js";
export declare const plainStep: Prepare<QuantizedNode>;
