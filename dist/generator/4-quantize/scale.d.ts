import type { Method } from "../ir/quantize-options.js";
/** What calibration saw of one layer's real results. */
export interface LayerStats {
    readonly min: number;
    readonly max: number;
    /** A sample of the values, all of them where they were few. */
    readonly sample: Float64Array;
    /** Mean of each channel. */
    readonly mean: Float64Array;
}
export interface Quantization {
    readonly scale: number;
    readonly zeroPoint: number;
}
/**
 * Scale and zero point for `bits`: unsigned with zero point 0 where no value is negative, else with the zero point that
 * makes 0 exact. max covers every value seen, percentile that share of them, mse takes the range whose squared error on
 * the sample is smallest.
 */
export declare function chooseScale(stats: LayerStats, bits: number, method: Method, percentile: number): Quantization;
