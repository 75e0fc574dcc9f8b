import type { ExportArray } from "./arrays.js";
/** Output channels and taps per beat of a layer. */
export interface Fold {
    readonly pe: number;
    readonly simd: number;
}
export interface Words {
    /** Bits of a word. */
    readonly width: number;
    readonly words: readonly bigint[];
    /** How a word is made up, in plain English. */
    readonly layout: string;
}
/** One value a word, in row-major order, two's complement where negative. */
export declare function plainWords({ values, bits, shape, role }: ExportArray): Words;
/**
 * The words of a folded layer's weight memory: with SF = ceil(taps / simd) and NF = ceil(outputs / pe), word
 * nf*SF + sf holds at lane p*simd + s the weight of output channel nf*pe + p at tap sf*simd + s; in a depthwise layer,
 * whose lanes are channels, lane s holds that of channel nf*simd + s at tap sf. Lane 0 is in the least significant bits; lanes beyond the array are 0.
 * Throws RangeError for a fold that is no pair of positive integers.
 */
export declare function foldedWords({ values, bits, shape }: ExportArray, { pe, simd }: Fold, depthwise: boolean): Words;
/** A word in hexadecimal, as many digits as its width needs. */
export declare const hexWord: (word: bigint, width: number) => string;
