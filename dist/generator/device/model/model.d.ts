import type { Contents, Styles } from "../../cells/define.js";
import type { HwBlock, HwGraph } from "../../ir/hardware.js";
import { type Cost, type Family, type Target } from "../../targets/index.js";
import { type FamilyModel } from "./features.js";
/** The committed coefficients of a family. */
export declare const modelOf: (family: Family) => FamilyModel;
/** One cell with its parameters. Throws where the model does not know the cell: a test keeps that from happening. */
export declare function estimateCell(cell: string, params: Readonly<Record<string, number>>, family: Family, dsp: boolean, styles?: Styles, contents?: Contents): Cost;
export declare const estimateBlock: (b: HwBlock, family: Family, dsp: boolean) => Cost;
/** Resources of an accelerator: of each layer by its block's name, and of all; counts are rounded up. */
export declare function estimateLayers(hw: HwGraph, family: Family, dsp: boolean): {
    layers: Map<string, Cost>;
    total: Cost;
};
/** Counts rounded up. */
export declare const rounded: (c: Cost) => Cost;
/** Resources of an accelerator. */
export declare const estimate: (hw: HwGraph, target: Target, dsp: boolean) => Cost;
export interface Shortage {
    readonly what: string;
    readonly need: number;
    readonly have: number;
}
/** What a device has too little of. `share` of its LUTs and flip-flops may be taken. */
export declare function shortages(cost: Cost, target: Target, share?: number): Shortage[];
