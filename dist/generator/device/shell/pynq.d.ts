import type { HwGraph } from "../../ir/hardware.js";
import type { QuantizedNetwork } from "../../ir/quantized.js";
import type { ZynqTop } from "./zynq.js";
/** Name of the accelerator in the block design. */
export declare const INSTANCE = "accelerator";
/** @param driver text of templates/pynq/addernet.py */
export declare function pynqFiles(g: HwGraph, net: QuantizedNetwork, top: ZynqTop, driver: string): Map<string, string>;
