import type { CellSources, OutputFiles } from "../../7-emit/emit.js";
import type { HwGraph } from "../../ir/hardware.js";
import type { QuantizedNetwork } from "../../ir/quantized.js";
import type { Target } from "../../targets/target.js";
export interface ZynqShell {
    readonly module: string;
    readonly files: ReadonlyMap<string, string>;
    readonly instances: readonly string[];
}
/**
 * @param present the accelerator's files; @param driver text of templates/pynq/addernet.py
 * @param MHz clock that the processor gives
 */
export declare function zynqFiles(g: HwGraph, net: QuantizedNetwork, target: Target, cells: CellSources, present: OutputFiles, driver: string, MHz: number): ZynqShell;
