import { type Price, type Schedule } from "../../5-schedule/schedule.js";
import { type Result } from "../../diagnostics/diagnostics.js";
import type { HwGraph } from "../../ir/hardware.js";
import type { QuantizedNetwork } from "../../ir/quantized.js";
import type { Cost, Family, KernelChoice, Target } from "../../targets/index.js";
import { type Shortage } from "./model.js";
export interface DesignOptions {
    readonly family: Family;
    readonly clockMHz: number;
    readonly kernel: KernelChoice;
    /** Multipliers may become DSP blocks. */
    readonly dsp: boolean;
}
export interface Design {
    readonly schedule: Schedule;
    readonly hardware: HwGraph;
    /** By block name. */
    readonly layers: ReadonlyMap<string, Cost>;
    readonly total: Cost;
}
/** What the other resources weigh against a lookup table; block RAM is dear where it has run out. */
declare const WEIGHTS: {
    readonly ff: 0.25;
    readonly bram: {
        readonly logic: 100;
        readonly memory: 3000;
    };
    readonly dsp: 150;
};
type Aim = keyof typeof WEIGHTS.bram;
/** The designs of one network on one family; what was priced once is not priced again. */
export declare class Designs {
    #private;
    readonly net: QuantizedNetwork;
    readonly options: DesignOptions;
    constructor(net: QuantizedNetwork, options: DesignOptions);
    readonly price: (aim: Aim) => Price;
    /** The design of least logic in which a frame takes `clocks` at most, or else the fastest; one pixel a beat or several. */
    at(clocks: number, aim?: Aim, severalPixels?: boolean): Result<Design>;
    /** The same, with other folds where block RAM is what a target lacks. */
    within(clocks: number, fits: (c: Cost) => boolean, severalPixels?: boolean): Result<Design>;
    /** The design of least logic for a rate, or for the default one lowered to what is within reach; AN5002 beyond it. */
    forRate(fps: number | undefined, fits: (c: Cost) => boolean): Result<Design>;
    /** Clocks of a frame from those of the slowest design to those of the fastest, each about `ratio` times fewer. */
    steps(ratio: number): Result<readonly number[]>;
}
/** Cells of a board's serial line around an accelerator, by the model. */
export declare function serialCost(net: QuantizedNetwork, target: Target): Cost;
/** Share of a device's lookup tables and flip-flops that a design may take by the model: place and route needs room. */
export declare const ROOM = 0.85;
export interface Choice {
    readonly design: Design;
    /** What the next faster design would have too little of; empty where the network itself is the limit. */
    readonly binding: readonly Shortage[];
}
/** What keeps a network off a device: even the slowest design is too large. */
export declare class TooLarge extends Error {
    readonly shortages: readonly Shortage[];
    constructor(list: readonly Shortage[]);
}
/**
 * The fastest design that fits a target's device beside what is there already. Throws TooLarge where none does. A target
 * without a device has room for everything.
 */
export declare function fastestWithin(designs: Designs, target: Target, beside: Cost, share?: number): Result<Choice>;
export {};
