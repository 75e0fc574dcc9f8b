import type { Family } from "./target.js";
/** LUTs, flip-flops, carry cells, block RAMs and DSP blocks that one cell takes. */
export interface Cost {
    readonly lut: number;
    readonly ff: number;
    readonly carry: number;
    readonly bram: number;
    readonly dsp: number;
}
/**
 * Which L1 kernel of axis_sad the arrays get: 0 the signed tree, 1 the shared sum, or the shared sum for arrays of these
 * PE and SIMD and more. The sum of the window is shared by the PE and added up over the SIMD: where there are few of
 * either, or in a depthwise layer, it costs more than it saves.
 */
export type KernelChoice = 0 | 1 | {
    readonly pe: number;
    readonly simd: number;
};
/** The kernel of one array. */
export declare const kernelFor: (choice: KernelChoice, pe: number, simd: number, depthwise: boolean) => 0 | 1;
export interface FamilyFacts {
    readonly title: string;
    /** Yosys commands, `TOP` is the top module; dsp: multipliers may become DSP blocks. */
    readonly synth: (dsp: boolean) => string;
    /** L1 kernels with the fewest LUTs; `bench/l1-array.ts --kernels` measures them. */
    readonly kernel: KernelChoice;
    /** First match counts. */
    readonly cells: readonly (readonly [pattern: RegExp, cost: Partial<Cost>])[];
    /** Simulation models of the cells, in Yosys' share folder. */
    readonly models: readonly string[];
    /** Keeps synthesis to the cells that those models compute: memories and multipliers without one become logic. */
    readonly modelled: string;
    /** What the columns hold, where the family's own words differ. */
    readonly words: {
        readonly lut: string;
        readonly bram: string;
        readonly dsp: string;
    };
}
export declare const families: Readonly<Record<Family, FamilyFacts>>;
