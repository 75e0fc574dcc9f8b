// acc = SUM_k |x_k - w_k|
import type { IntRange } from "../../generator/ir/tensor.ts";
import { exact, unionAll } from "./range.ts";

export const sad = {
  /** acc >= 0, exact. `x` and `w` have the same length; any integers. */
  eval(x: ArrayLike<number>, w: ArrayLike<number>): number {
    let acc = 0;
    for (let k = 0; k < w.length; k++) acc += Math.abs(x[k]! - w[k]!);
    return acc;
  },

  /** Smallest and largest acc of one row of weights where each x_k takes any value of `x`; both ends occur. */
  range(x: IntRange, w: ArrayLike<number>): IntRange {
    let min = 0;
    let max = 0;
    for (let k = 0; k < w.length; k++) {
      min += Math.max(0, x.min - w[k]!, w[k]! - x.max);
      max += Math.max(x.max - w[k]!, w[k]! - x.min);
    }
    return { min: exact(min, "sad"), max: exact(max, "sad") };
  },

  /** Range over all rows of a layer. */
  layerRange(x: IntRange, rows: readonly ArrayLike<number>[]): IntRange {
    return unionAll(rows.map((w) => sad.range(x, w)));
  },

  /** What the accumulator register holds on the way, whatever the order of the taps: every partial sum lies here. */
  partialRange(x: IntRange, rows: readonly ArrayLike<number>[]): IntRange {
    return { min: 0, max: sad.layerRange(x, rows).max };
  },

  /** Of the shared-sum kernel: SUM_k |x_k - w_k| + w_k, the larger of x and 2w - x, with its partial sums. */
  sharedRange(x: IntRange, rows: readonly ArrayLike<number>[]): IntRange {
    const tops = rows.map((row) => Array.from(row).reduce((sum, w) => sum + Math.max(x.max, 2 * w - x.min), 0));
    return { min: 0, max: exact(Math.max(...tops), "shared sum") };
  },
};
