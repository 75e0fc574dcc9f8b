// acc = SUM_k x_k
import type { IntRange } from "../../generator/ir/tensor.ts";
import { exact } from "./range.ts";

export const windowSum = {
  eval(x: ArrayLike<number>): number {
    let acc = 0;
    for (let k = 0; k < x.length; k++) acc += x[k]!;
    return acc;
  },

  /** Range of the sum of `taps` values, each any of `x`. */
  range(x: IntRange, taps: number): IntRange {
    return { min: exact(x.min * taps + 0, "window sum"), max: exact(x.max * taps + 0, "window sum") };
  },

  /** What the accumulator register holds on the way. */
  partialRange(x: IntRange, taps: number): IntRange {
    return windowSum.range({ min: Math.min(0, x.min), max: Math.max(0, x.max) }, taps);
  },
};
