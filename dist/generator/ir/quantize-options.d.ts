import type { RequantMode } from "./quantized.js";
export declare const METHODS: readonly ["max", "percentile", "mse"];
export type Method = (typeof METHODS)[number];
export declare const MODES: readonly ["full", "pow2", "csd2"];
export interface QuantizeOptions {
    /** Bits of every edge that no layer asks otherwise for, 2 to 16. */
    readonly bits: number;
    /** Bits at least of edges that a join (residual add) or a mean reads. */
    readonly joinBits: number;
    /** Bits at least of activations and weights of multiplying layers (conv2d, linear). */
    readonly productBits: number;
    readonly mode: RequantMode;
    /** Bits of a requantize multiplier in mode full. */
    readonly multiplierBits: number;
    readonly method: Method;
    /** Share of the values that method percentile covers, in percent. */
    readonly percentile: number;
}
export declare const defaultQuantize: QuantizeOptions;
