// Chooses the scale and zero point of an edge from what calibration saw.
import { type Levels, level, rangeOfBits } from "../../golden/arith/index.ts";
import type { Method } from "../ir/quantize-options.ts";
import type { IntRange } from "../ir/tensor.ts";

/** What calibration saw of one layer's real results. */
export interface LayerStats {
  readonly min: number;
  readonly max: number;
  /** A sample of the values, all of them where they were few. */
  readonly sample: Float64Array;
  /** Mean and variance of each channel. */
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

export type Quantization = Levels;

/**
 * Scale and zero point for `bits`: unsigned with zero point 0 where no value is negative, else with the zero point that
 * makes 0 exact. max covers every value seen, percentile that share of them, mse takes the range whose squared error on
 * the sample is smallest.
 */
export function chooseScale(stats: LayerStats, bits: number, method: Method, percentile: number): Quantization {
  const range = rangeOfBits(bits);
  const qmax = range.max;
  const of = (lo: number, hi: number): Quantization => {
    const low = Math.min(0, lo);
    const high = Math.max(0, hi);
    if (high - low <= 0) return { scale: 1, zeroPoint: 0 };
    const scale = (high - low) / qmax;
    return { scale, zeroPoint: low === 0 ? 0 : Math.min(qmax, Math.round(-low / scale)) };
  };
  if (method === "max") return of(stats.min, stats.max);
  if (method === "percentile") {
    const sorted = Float64Array.from(stats.sample).sort();
    const tail = (1 - percentile / 100) / (stats.min < 0 ? 2 : 1);
    const at = (share: number) =>
      sorted[Math.max(0, Math.min(sorted.length - 1, Math.round(share * (sorted.length - 1))))] ?? 0;
    return of(stats.min < 0 ? at(tail) : 0, at(1 - tail));
  }
  let best = of(stats.min, stats.max);
  let bestError = squaredError(stats.sample, best, range);
  for (let k = 95; k >= 20; k -= 1) {
    const q = of((stats.min * k) / 100, (stats.max * k) / 100);
    const e = squaredError(stats.sample, q, range);
    if (e < bestError) [best, bestError] = [q, e];
  }
  return best;
}

function squaredError(sample: Float64Array, quantization: Quantization, range: IntRange): number {
  let sum = 0;
  for (const v of sample) sum += (level.real(level.within(v, quantization, range), quantization) - v) ** 2;
  return sum;
}
