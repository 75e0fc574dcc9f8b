// Chooses the scale and zero point of an edge from what calibration saw.
import { type Levels, rangeOfBits } from "../../golden/arith/index.ts";
import type { Method } from "../ir/quantize-options.ts";

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
  const known = chosen.get(stats) ?? new Map<string, Quantization>();
  chosen.set(stats, known);
  const key = `${bits}/${method}/${percentile}`;
  const found = known.get(key) ?? searchScale(stats, bits, method, percentile);
  known.set(key, found);
  return found;
}

/** What was found for statistics before: a search over many sets of bits asks for the same again and again. */
const chosen = new WeakMap<LayerStats, Map<string, Quantization>>();

function searchScale(stats: LayerStats, bits: number, method: Method, percentile: number): Quantization {
  const qmax = rangeOfBits(bits).max;
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
  let bestError = squaredError(stats.sample, best, qmax, Number.POSITIVE_INFINITY);
  for (let k = 95; k >= 20; k -= 1) {
    const q = of((stats.min * k) / 100, (stats.max * k) / 100);
    const e = squaredError(stats.sample, q, qmax, bestError);
    if (e < bestError) [best, bestError] = [q, e];
  }
  return best;
}

/** As `level` of the arithmetic rounds and clamps, in one loop; something above `enough` where it is more than that. */
function squaredError(sample: Float64Array, { scale, zeroPoint }: Quantization, qmax: number, enough: number): number {
  let sum = 0;
  for (let i = 0; i < sample.length && sum <= enough; i++) {
    const v = sample[i]!;
    const q = Math.max(0, Math.min(qmax, Math.floor(v / scale + 0.5) + zeroPoint));
    sum += (scale * (q - zeroPoint) - v) ** 2;
  }
  return sum;
}
