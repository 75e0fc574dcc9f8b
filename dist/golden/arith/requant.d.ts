import type { Requant } from "../../generator/ir/quantized.js";
import type { IntRange } from "../../generator/ir/tensor.js";
import { type BigRange } from "./range.js";
/** The values inside a requantize step, over all channels; those of the second pair included. */
export interface RequantRanges {
    readonly multiplier: IntRange;
    readonly product: BigRange;
    readonly bias: IntRange;
    /** acc * M + b */
    readonly sum: BigRange;
    /** Before the clamp. */
    readonly shifted: IntRange;
    readonly result: IntRange;
}
/** Bits of the wires inside a requantize step; all two's complement but `result`, which is unsigned where it can be. */
export interface RequantWidths {
    readonly multiplier: number;
    readonly product: number;
    readonly bias: number;
    readonly sum: number;
    readonly shifted: number;
    readonly result: number;
}
export declare const requant: {
    /**
     * One value of channel `c`, exact for every acc below 2^53 in magnitude. The pivot of a second pair is compared with
     * the first result before the clamp. Throws RangeError where the result is not exact.
     */
    eval(q: Requant, acc: number, c: number): number;
    /**
     * The same function for many values of `accRange`: in floating point where every |acc * M| + |b| stays below 2^53
     * (a division by a power of two is exact there), in BigInt otherwise.
     */
    prepare(q: Requant, accRange: IntRange): (acc: number, c: number) => number;
    /** Whether every |acc * M| + |b| stays below 2^53 for sums of `accRange`, so that floating point is exact. */
    fitsNumbers(q: Requant, accRange: IntRange): boolean;
    /** Exact range of the results over all channels where acc takes any value of `acc`. */
    range(q: Requant, acc: IntRange): IntRange;
    /** Exact range of channel `c`'s results. */
    channelRange(q: Requant, acc: IntRange, c: number): IntRange;
    /** Every intermediate value's range. Both pairs are taken over the whole of `acc`: hardware computes both. */
    ranges(q: Requant, acc: IntRange): RequantRanges;
    /** Wire widths for an accumulator of range `acc`. */
    widths(q: Requant, acc: IntRange): RequantWidths;
    /** Throws where `q` is no requantize step: unequal lists, values that are not exact, a shift outside 0 to 255. */
    check(q: Requant): void;
};
