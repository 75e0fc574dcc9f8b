import type { Schedule } from "../5-schedule/schedule.js";
import { type Choice, Designs } from "../device/model/budget.js";
import type { QuantizedNetwork } from "../ir/quantized.js";
import { type Cost, type KernelChoice, type Target } from "../targets/index.js";
import { type Console } from "./console.js";
import type { Opened } from "./network.js";
export interface BudgetArgs {
    readonly fps?: number | undefined;
    readonly MHz: number;
    readonly kernel: KernelChoice;
    readonly dsp: boolean;
    /** Share of a device that an estimate may take where a rate is asked for; 1 where left out. */
    readonly slack?: number;
}
export interface Fit extends Choice {
    readonly plan: Schedule;
    readonly designs: Designs;
    /** Estimated resources of the accelerator and of the board's serial line. */
    readonly total: Cost;
}
/** The L1 kernel that was asked for, or else those with the least logic on the target. */
export declare const kernelOf: (target: Target | undefined, asked: number | undefined) => KernelChoice;
/**
 * Whether multipliers become DSP blocks: asked for, there are any (a bare iCE40 is one of those without), and Yosys knows
 * how (of Gowin's it knows nothing).
 */
export declare const usesDsp: (target: Target, asked: boolean) => boolean;
/**
 * Folds for a target. With a rate: those of least logic that reach it; AN5002 where it is out of reach, AN5003 where they
 * are too large for the device. Without one: the fastest that the device holds, AN5003 where none does; a target without
 * a device gets the default rate.
 */
export declare function fitTarget(net: QuantizedNetwork, target: Target, args: BudgetArgs, opened: Opened, out: Console): Fit;
/** A rate rounded down to three digits. */
export declare function rate(fps: number): string;
/** Lines that tell what limits a design. */
export declare function limits(f: Fit, target: Target): string[];
