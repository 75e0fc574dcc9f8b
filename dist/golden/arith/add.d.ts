import type { Requant } from "../../generator/ir/quantized.js";
import type { IntRange } from "../../generator/ir/tensor.js";
/** The constants of an AddNode. */
export interface AddConstants {
    readonly multipliers: readonly number[];
    readonly bias: number;
    readonly shift: number;
    readonly clamp: IntRange;
}
/** The shift and clamp of a sum are those of a requantize step with multiplier 1. */
export declare const addRequant: (a: AddConstants) => Requant;
export declare const add: {
    /** One value from one value of each input, in the inputs' order. */
    eval(a: AddConstants, q: ArrayLike<number>): number;
    /** SUM_i q_i * M_i; throws where it is not exact. */
    sum(a: AddConstants, q: ArrayLike<number>): number;
    /** Range of SUM_i q_i * M_i, both ends included. */
    sumRange(a: AddConstants, inputs: readonly IntRange[]): IntRange;
    /** Range of the sum of any subset of the inputs' products: the wires of an adder tree. */
    partialRange(a: AddConstants, inputs: readonly IntRange[]): IntRange;
    range(a: AddConstants, inputs: readonly IntRange[]): IntRange;
    /** The same function for values of `inputs`, fast where the bounds allow it. */
    prepare(a: AddConstants, inputs: readonly IntRange[]): (q: ArrayLike<number>) => number;
};
