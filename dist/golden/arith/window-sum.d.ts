import type { IntRange } from "../../generator/ir/tensor.js";
export declare const windowSum: {
    eval(x: ArrayLike<number>): number;
    /** Range of the sum of `taps` values, each any of `x`. */
    range(x: IntRange, taps: number): IntRange;
    /** What the accumulator register holds on the way. */
    partialRange(x: IntRange, taps: number): IntRange;
};
