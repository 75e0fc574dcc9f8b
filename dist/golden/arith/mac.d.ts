import type { IntRange } from "../../generator/ir/tensor.js";
export declare const mac: {
    /** acc, exact. `x` and `w` have the same length; any integers. */
    eval(x: ArrayLike<number>, w: ArrayLike<number>): number;
    /** Smallest and largest acc of one row of weights where each x_k takes any value of `x`; both ends occur. */
    range(x: IntRange, w: ArrayLike<number>): IntRange;
    productRange(x: IntRange, w: number): IntRange;
    /** Range over all rows of a layer. */
    layerRange(x: IntRange, rows: readonly ArrayLike<number>[]): IntRange;
    /** What the accumulator register holds on the way: the sum of any subset of a row's products lies here. */
    partialRange(x: IntRange, rows: readonly ArrayLike<number>[]): IntRange;
};
