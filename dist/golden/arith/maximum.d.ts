import type { IntRange } from "../../generator/ir/tensor.js";
export declare const maximum: {
    /** Largest of at least one value; throws on none, since a window outside the image has no value. */
    eval(x: ArrayLike<number>): number;
    /** A maximum of values of `x` takes exactly the values of `x`. */
    range(x: IntRange): IntRange;
    /** Index of the largest value, the lowest on a tie. */
    index(x: ArrayLike<number>): number;
};
