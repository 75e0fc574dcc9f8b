import type { QuantizedNode } from "../ir/quantized.js";
import type { OpHardware } from "./define.js";
export declare const hardwareOf: (node: QuantizedNode) => OpHardware | undefined;
export declare const hardwareOps: readonly string[];
