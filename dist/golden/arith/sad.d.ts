import type { IntRange } from "../../generator/ir/tensor.js";
export declare const sad: {
    /** acc >= 0, exact. `x` and `w` have the same length; any integers. */
    eval(x: ArrayLike<number>, w: ArrayLike<number>): number;
    /** Smallest and largest acc of one row of weights where each x_k takes any value of `x`; both ends occur. */
    range(x: IntRange, w: ArrayLike<number>): IntRange;
    /** Range over all rows of a layer. */
    layerRange(x: IntRange, rows: readonly ArrayLike<number>[]): IntRange;
    /** What the accumulator register holds on the way, whatever the order of the taps: every partial sum lies here. */
    partialRange(x: IntRange, rows: readonly ArrayLike<number>[]): IntRange;
};
