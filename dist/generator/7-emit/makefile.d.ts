import type { HwGraph } from "../ir/hardware.js";
import type { ShellProject } from "./fusesoc.js";
/** @param rtl the Verilog files of the accelerator, cells first. */
export declare function makefile(g: HwGraph, rtl: readonly string[], bench: boolean, shell?: ShellProject): string;
