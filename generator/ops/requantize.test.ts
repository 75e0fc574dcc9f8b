import { describe, expect, test } from "vitest";
import { requant } from "../../golden/arith/index.ts";
import type { Requant } from "../ir/quantized.ts";
import { behindOffset } from "./requantize.ts";

describe("a constant left in the accumulators", () => {
  const q: Requant = {
    mode: "full",
    multiplier: [3, -5, 0],
    bias: [100, 7, -40],
    shift: 3,
    clamp: { min: -128, max: 127 },
    negative: { multiplier: [1, -1, 0], bias: [20, 3, -9], pivot: 10 },
  };
  const offset = [17, 250, 9];

  test("is taken off by the constants behind them, on both sides of the pivot", () => {
    const moved = behindOffset(q, offset)!;
    const results = new Set<boolean>();
    for (const [c, o] of offset.entries())
      for (let acc = 0; acc < 300; acc++) {
        expect(requant.eval(moved, acc + o, c)).toBe(requant.eval(q, acc, c));
        results.add(acc * q.multiplier[c]! + q.bias[c]! < q.negative!.pivot * 2 ** q.shift);
      }
    expect(results.size).toBe(2);
  });

  test("stays out of constants that a number would not hold", () => {
    const large = { ...q, multiplier: [2 ** 40, 1, 1] };
    expect(behindOffset(large, [2 ** 12, 0, 0])).toBeDefined();
    expect(behindOffset(large, [2 ** 13, 0, 0])).toBeUndefined();
    expect(behindOffset({ ...q, negative: { ...q.negative!, multiplier: [2 ** 40, 1, 1] } }, [2 ** 13, 0, 0])).toBe(
      undefined,
    );
  });
});
