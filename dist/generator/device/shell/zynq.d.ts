import { type CellSources, type OutputFiles } from "../../7-emit/emit.js";
import type { HwGraph } from "../../ir/hardware.js";
import type { Target } from "../../targets/target.js";
import { type Register } from "./registers.js";
export interface ZynqTop {
    readonly module: string;
    readonly file: string;
    /** The top and the cells that the accelerator does not bring, by path. */
    readonly files: ReadonlyMap<string, string>;
    readonly registers: readonly Register[];
    readonly addressBits: number;
    readonly beatBitsIn: number;
    readonly beatBitsOut: number;
    /** Beats of an answer: the outputs one after another. */
    readonly beatsOut: number;
    /** First 64 bits of the hash of the accelerator's Verilog and memories, in hexadecimal. */
    readonly network: string;
    /** Instances that belong to the shell and not to a layer. */
    readonly instances: readonly string[];
}
/** @param files the accelerator's files, as emit gave them */
export declare function zynqTop(g: HwGraph, target: Target, cells: CellSources, files: OutputFiles): ZynqTop;
export interface ShellPort {
    readonly name: string;
    readonly direction: "input" | "output";
    readonly bits: number;
    /** Tells vendor tools which clock and reset the buses belong to. */
    readonly attribute?: string;
}
/** Ports of the top in order; at least one bit wide where a range is printed. */
export declare function zynqPorts(addressBits: number, beatBitsIn: number, beatBitsOut: number): ShellPort[];
