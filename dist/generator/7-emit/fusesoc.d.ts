import type { HwGraph } from "../ir/hardware.js";
/** A top around the accelerator: a serial board or a processor's DMA. */
export interface ShellProject {
    readonly top: string;
    /** Its Verilog files beyond the accelerator's own. */
    readonly files: readonly string[];
    /** Whether open tools know every module in it; vendor primitives such as PLLs have no model there. */
    readonly models: boolean;
    /** How the device's tools build it; absent where no flow of FuseSoC does. */
    readonly flow?: {
        readonly name: string;
        readonly options: Readonly<Record<string, string | readonly string[]>>;
        readonly constraints: {
            readonly path: string;
            readonly type: string;
        };
    };
}
export interface FusesocInput {
    /** All paths of the output folder. */
    readonly files: readonly string[];
    /** Verilog files of the accelerator, cells first. */
    readonly rtl: readonly string[];
    readonly bench: boolean;
    readonly shell?: ShellProject | undefined;
    /** Architecture of `synth` where the shell names no flow, as FuseSoC calls Yosys' families. */
    readonly arch: string;
    /** Tells builds of one network apart: 0 to 2^31 - 1. */
    readonly revision: number;
}
export declare function fusesocCore(g: HwGraph, input: FusesocInput): string;
