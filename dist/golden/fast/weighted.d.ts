import type { MacNode, SadNode } from "../../generator/ir/quantized.js";
import type { Prepare } from "./step.js";
export declare const sadStep: Prepare<SadNode>;
export declare const macStep: Prepare<MacNode>;
