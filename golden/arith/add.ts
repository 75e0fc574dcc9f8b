// q = clamp(floor((SUM_i q_i * M_i + b) / 2^S), lo, hi)

import type { Requant } from "../../generator/ir/quantized.ts";
import type { IntRange } from "../../generator/ir/tensor.ts";
import { exact } from "./range.ts";
import { requant } from "./requant.ts";

/** The constants of an AddNode. */
export interface AddConstants {
  readonly multipliers: readonly number[];
  readonly bias: number;
  readonly shift: number;
  readonly clamp: IntRange;
}

/** The shift and clamp of a sum are those of a requantize step with multiplier 1. */
export const addRequant = (a: AddConstants): Requant => ({
  mode: "full",
  multiplier: [1],
  bias: [a.bias],
  shift: a.shift,
  clamp: a.clamp,
});

export const add = {
  /** One value from one value of each input, in the inputs' order. */
  eval(a: AddConstants, q: ArrayLike<number>): number {
    return requant.eval(addRequant(a), add.sum(a, q), 0);
  },

  /** SUM_i q_i * M_i; throws where it is not exact. */
  sum(a: AddConstants, q: ArrayLike<number>): number {
    let s = 0;
    for (let i = 0; i < a.multipliers.length; i++) s += exact(q[i]! * a.multipliers[i]!, "add product");
    return exact(s + 0, "add sum");
  },

  /** Range of SUM_i q_i * M_i, both ends included. */
  sumRange(a: AddConstants, inputs: readonly IntRange[]): IntRange {
    let min = 0;
    let max = 0;
    a.multipliers.forEach((m, i) => {
      const r = inputs[i]!;
      min += Math.min(r.min * m, r.max * m);
      max += Math.max(r.min * m, r.max * m);
    });
    return { min: exact(min + 0, "add sum"), max: exact(max + 0, "add sum") };
  },

  /** Range of the sum of any subset of the inputs' products: the wires of an adder tree. */
  partialRange(a: AddConstants, inputs: readonly IntRange[]): IntRange {
    return add.sumRange(
      a,
      inputs.map((r) => ({ min: Math.min(0, r.min), max: Math.max(0, r.max) })),
    );
  },

  range(a: AddConstants, inputs: readonly IntRange[]): IntRange {
    return requant.range(addRequant(a), add.sumRange(a, inputs));
  },

  /** The same function for values of `inputs`, fast where the bounds allow it. */
  prepare(a: AddConstants, inputs: readonly IntRange[]): (q: ArrayLike<number>) => number {
    const finish = requant.prepare(addRequant(a), add.sumRange(a, inputs));
    return (q) => {
      let s = 0;
      for (let i = 0; i < a.multipliers.length; i++) s += q[i]! * a.multipliers[i]!;
      return finish(s + 0, 0);
    };
  },
};
