// The integer that stands for a real number: q = floor(v / scale + zero point + 1/2)
import type { IntRange } from "../../generator/ir/tensor.ts";
import { clampTo } from "./range.ts";

/** What the integers of an edge mean: real value = scale * (q - zeroPoint). */
export interface Levels {
  readonly scale: number;
  readonly zeroPoint: number;
}

export const level = {
  /** Any integer, rounded half up; infinite values stay infinite. */
  eval(v: number, { scale, zeroPoint }: Levels): number {
    return Math.floor(v / scale + zeroPoint + 0.5);
  },

  /** The nearest integer within `range`. */
  within(v: number, levels: Levels, range: IntRange): number {
    return clampTo(level.eval(v, levels), range);
  },

  /**
   * The same for weights that share the step of their input: W = floor(v / scale + 1/2) + z. The whole part of the zero
   * point is added behind the rounding, so that a weight's distance from zero does not depend on it.
   */
  weight(v: number, { scale, zeroPoint }: Levels): number {
    const zero = Math.floor(zeroPoint);
    return Math.floor(v / scale + (zeroPoint - zero + 0.5)) + zero;
  },

  real: (q: number, { scale, zeroPoint }: Levels): number => scale * (q - zeroPoint),
};
