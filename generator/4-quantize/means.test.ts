// Constants that bring means of integer results to the real ones.
import { expect, test } from "vitest";
import type { Requant } from "../ir/quantized.ts";
import { matchMeans, matchResults } from "./means.ts";

const requant = (multiplier: number[], bias: number[], negative?: { multiplier: number[]; bias: number[] }): Requant =>
  ({
    mode: "full",
    shift: 4,
    multiplier,
    bias,
    clamp: { lo: 0, hi: 255 },
    ...(negative ? { negative } : {}),
  }) as unknown as Requant;

test("the mean of the sums gives the real mean, with half a step for the rounding", () => {
  const r = matchMeans(
    requant([16, 8], [0, 0]),
    Float64Array.of(10, 20),
    Float64Array.of(3, 4),
    { scale: 0.5, zeroPoint: 7 },
    false,
  );
  // 3 / 0.5 + 7.5 = 13.5 steps of 16, less 10 * 16; 8 + 7.5 = 15.5 steps, less 20 * 8.
  expect(r.bias).toEqual([13.5 * 16 - 160, 15.5 * 16 - 160]);
});

test("raw results have no shift and no zero point", () => {
  const r = matchMeans(requant([3], [0]), Float64Array.of(2.5), Float64Array.of(4), { scale: 0.5, zeroPoint: 9 }, true);
  expect(r.bias).toEqual([Math.floor(8.5 - 7.5)]);
});

test("a slope's constant moves as far as its multiplier is of the other; a channel without a gain keeps its own", () => {
  const arms = requant([16, -8, 0], [0, 4, 0], { multiplier: [4, 2, 0], bias: [1, 2, 3] });
  const r = matchMeans(arms, new Float64Array(3), Float64Array.of(2, 4, 8), { scale: 1, zeroPoint: 0 }, false);
  expect(r.bias).toEqual([2.5 * 16, 4.5 * 16, 8.5 * 16]);
  expect(r.negative!.bias).toEqual([1 + (40 * 4) / 16, 2 - ((72 - 4) * 2) / 8, 3]);
});

test("behind an activation: as long as the constants hold", () => {
  const first = requant([16], [0]);
  // Half of each step towards the mean of 6 goes through.
  const meansOf = (r: Requant) => Float64Array.of(r.bias[0]! / 32);
  const all = matchResults(first, Float64Array.of(6), { scale: 1, zeroPoint: 0 }, meansOf, () => true);
  expect(Math.abs(all.bias[0]! / 32 - 6)).toBeLessThan(0.1);
  const held = matchResults(first, Float64Array.of(6), { scale: 1, zeroPoint: 0 }, meansOf, (r) => r.bias[0]! < 150);
  // 96, then 96 + 48, and 168 is too many.
  expect(held.bias).toEqual([144]);
});
