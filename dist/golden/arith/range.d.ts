import type { IntRange } from "../../generator/ir/tensor.js";
/** A range whose ends may lie beyond 2^53: products inside a requantize step. */
export interface BigRange {
    readonly min: bigint;
    readonly max: bigint;
}
/** Every integer of magnitude up to this one is exact in a JavaScript number. */
export declare const EXACT_MAX: number;
export declare const toBig: (r: IntRange) => BigRange;
/** Throws where an end is no exact integer or the ends are in the wrong order: a fault of the caller's. */
export declare function checkRange(r: IntRange): IntRange;
/** Throws where `value` is no integer below 2^53 in magnitude. */
export declare function exact(value: number, what: string): number;
/**
 * Bits of the narrowest wire that holds every value of `r`: plain binary where no value is negative, two's complement
 * otherwise. At least 1.
 */
export declare function bitsFor(r: IntRange | BigRange): number;
/** Bits of the narrowest two's complement wire that holds every value of `r`, negative ones or not. At least 1. */
export declare function signedBitsFor(r: IntRange | BigRange): number;
export declare const union: (a: IntRange, b: IntRange) => IntRange;
/** Smallest range that holds all of `ranges`; throws where there are none. */
export declare function unionAll(ranges: Iterable<IntRange>): IntRange;
export declare const contains: (r: IntRange, v: number) => boolean;
export declare const within: (inner: IntRange, outer: IntRange) => boolean;
/** What `bits` can hold: [0, 2^bits - 1], or [-2^(bits-1), 2^(bits-1) - 1]. bits from 1 to 53. */
export declare function rangeOfBits(bits: number, signed?: boolean): IntRange;
export declare const clampTo: (v: number, r: IntRange) => number;
/** Smallest range that holds at least one value. */
export declare function spanBig(values: readonly bigint[]): BigRange;
/** floor(a / b) for b > 0. */
export declare function floorDiv(a: bigint, b: bigint): bigint;
