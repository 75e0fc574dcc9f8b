import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Requant } from "../../generator/ir/quantized.ts";
import { add, bitsFor, mac, maximum, rangeOfBits, requant, sad, signedBitsFor, windowSum } from "./index.ts";

describe("bitsFor", () => {
  test.each([
    [0, 0, 1],
    [0, 1, 1],
    [0, 2, 2],
    [0, 255, 8],
    [0, 256, 9],
    [-1, 0, 1],
    [-1, 1, 2],
    [-128, 127, 8],
    [-129, 0, 9],
    [0, 2 ** 53 - 1, 53],
    [0, 2 ** 52, 53],
    [0, 2 ** 52 - 1, 52],
    [-(2 ** 52), 0, 53],
    [-(2 ** 52) - 1, 0, 54],
    [-(2 ** 53) + 1, 2 ** 53 - 1, 54],
  ])("[%d, %d] needs %d bits", (min, max, bits) => {
    expect(bitsFor({ min, max })).toBe(bits);
  });

  test("ranges beyond 2^53", () => {
    expect(bitsFor({ min: 0n, max: 2n ** 64n - 1n })).toBe(64);
    expect(bitsFor({ min: -(2n ** 64n), max: 0n })).toBe(65);
    expect(signedBitsFor({ min: 0n, max: 2n ** 64n - 1n })).toBe(65);
  });

  test("is the inverse of rangeOfBits", () => {
    for (let bits = 1; bits <= 53; bits++) {
      expect(bitsFor(rangeOfBits(bits))).toBe(bits);
      expect(bitsFor(rangeOfBits(bits, true))).toBe(bits);
    }
  });
});

const smallInt = fc.integer({ min: -20, max: 20 });
const range = fc.tuple(smallInt, fc.nat(6)).map(([min, size]) => ({ min, max: min + size }));

/** Every pair of values of a range. */
const values = (r: { min: number; max: number }) => Array.from({ length: r.max - r.min + 1 }, (_, i) => r.min + i);

describe("ranges are exact: both ends occur and nothing lies outside", () => {
  const reached = (all: number[], r: { min: number; max: number }) => {
    expect(Math.min(...all)).toBe(r.min);
    expect(Math.max(...all)).toBe(r.max);
  };

  test("the shared-sum kernel: every partial sum lies in its range, whose ends are reached", () => {
    for (const x of [
      { min: 0, max: 5 },
      { min: -3, max: 4 },
      { min: 2, max: 6 },
    ])
      for (const row of [[3], [9, 1], [0, 4, 7]]) {
        const { min, max } = sad.sharedRange(x, [row, [0]]);
        // The kernel adds |x - w| + w, tap by tap, from zero.
        let sums = [0];
        const seen = new Set<number>(sums);
        for (const w of row) {
          sums = sums.flatMap((s) =>
            Array.from({ length: x.max - x.min + 1 }, (_, i) => s + Math.abs(x.min + i - w) + w),
          );
          for (const s of sums) seen.add(s);
        }
        expect(min).toBe(0);
        expect(max).toBe(Math.max(...seen));
      }
  });

  test("sad, mac, windowSum of two taps", () => {
    fc.assert(
      fc.property(range, smallInt, smallInt, (x, w0, w1) => {
        const pairs = values(x).flatMap((a) => values(x).map((b) => [a, b]));
        reached(
          pairs.map((p) => sad.eval(p, [w0, w1])),
          sad.range(x, [w0, w1]),
        );
        reached(
          pairs.map((p) => mac.eval(p, [w0, w1])),
          mac.range(x, [w0, w1]),
        );
        reached(
          pairs.map((p) => windowSum.eval(p)),
          windowSum.range(x, 2),
        );
        reached(
          pairs.map((p) => maximum.eval(p)),
          maximum.range(x),
        );
      }),
    );
  });

  test("partial sums of a window sum begin at zero", () => {
    expect(windowSum.partialRange({ min: 2, max: 3 }, 2)).toEqual({ min: 0, max: 6 });
    expect(windowSum.partialRange({ min: -3, max: -1 }, 2)).toEqual({ min: -6, max: 0 });
  });

  test("partial sums of a mac begin at zero and go no farther than they must", () => {
    expect(mac.partialRange({ min: 0, max: 3 }, [[-2]])).toEqual({ min: -6, max: 0 });
    expect(mac.partialRange({ min: 1, max: 3 }, [[2]])).toEqual({ min: 0, max: 6 });
    expect(mac.partialRange({ min: -3, max: -1 }, [[2]])).toEqual({ min: -6, max: 0 });
  });

  test("partial sums of a mac stay in partialRange", () => {
    fc.assert(
      fc.property(range, smallInt, smallInt, (x, w0, w1) => {
        const partial = mac.partialRange(x, [[w0, w1]]);
        for (const a of values(x))
          for (const sum of [0, a * w0, a * w1, a * (w0 + w1)]) {
            expect(sum).toBeGreaterThanOrEqual(partial.min);
            expect(sum).toBeLessThanOrEqual(partial.max);
          }
      }),
    );
  });

  test("requant, with and without a second pair", () => {
    const pair = fc.record({
      multiplier: fc.array(smallInt, { minLength: 2, maxLength: 2 }),
      bias: fc.constant([7, -9]),
    });
    fc.assert(
      fc.property(
        range,
        pair,
        fc.option(pair),
        fc.nat(4),
        smallInt,
        fc.boolean(),
        (acc, p, n, shift, pivot, clamped) => {
          const q: Requant = {
            mode: "full",
            ...p,
            shift,
            clamp: clamped ? { min: -3, max: 12 } : null,
            ...(n ? { negative: { ...n, pivot } } : {}),
          };
          const all = values(acc).flatMap((a) => [requant.eval(q, a, 0), requant.eval(q, a, 1)]);
          reached(all, requant.range(q, acc));
          const fast = requant.prepare(q, acc);
          expect(values(acc).flatMap((a) => [fast(a, 0), fast(a, 1)])).toEqual(all);
        },
      ),
    );
  });

  test("add of two inputs", () => {
    fc.assert(
      fc.property(range, range, smallInt, smallInt, fc.nat(3), (a, b, ma, mb, shift) => {
        const node = { multipliers: [ma, mb], bias: 5, shift, clamp: { min: -8, max: 30 } };
        const fast = add.prepare(node, [a, b]);
        const pairs = values(a).flatMap((x) => values(b).map((y) => [x, y]));
        const all = pairs.map((p) => add.eval(node, p));
        reached(all, add.range(node, [a, b]));
        expect(pairs.map(fast)).toEqual(all);
      }),
    );
  });
});

describe("requant", () => {
  const base: Requant = { mode: "full", multiplier: [-3], bias: [4], shift: 3, clamp: null };

  test("rounds down, also below zero", () => {
    expect(requant.eval(base, 1, 0)).toBe(0);
    expect(requant.eval(base, 2, 0)).toBe(-1);
    expect(requant.eval(base, 4, 0)).toBe(-1);
    expect(requant.eval(base, 5, 0)).toBe(-2);
  });

  test("stays exact where the product leaves 2^53", () => {
    const q: Requant = { mode: "full", multiplier: [32767], bias: [0], shift: 4, clamp: null };
    // The product is 15 above a multiple of 16; a float would round it up to the next one.
    const acc = 2 ** 40 + 1;
    const want = Number((BigInt(acc) * 32767n) >> 4n);
    expect(Math.floor((acc * 32767) / 16)).not.toBe(want);
    expect(requant.eval(q, acc, 0)).toBe(want);
    expect(requant.prepare(q, { min: 0, max: acc })(acc, 0)).toBe(want);
  });

  test("widths hold the product and the sum", () => {
    const q: Requant = {
      mode: "full",
      multiplier: [-32768, 32767],
      bias: [1, -5],
      shift: 4,
      clamp: { min: 0, max: 15 },
    };
    expect(requant.widths(q, { min: 0, max: 65535 })).toEqual({
      multiplier: 16,
      product: 32,
      bias: 4,
      sum: 32,
      shifted: 28,
      result: 4,
    });
  });

  test.each<[string, Partial<Requant>]>([
    ["a fractional multiplier", { multiplier: [0.5] }],
    ["unequal lists", { bias: [1, 2] }],
    ["a negative shift", { shift: -1 }],
    ["an inexact bias", { bias: [2 ** 53] }],
    ["an empty clamp", { clamp: { min: 1, max: 0 } }],
  ])("refuses %s", (_, change) => {
    expect(() => requant.prepare({ ...base, ...change }, { min: 0, max: 1 })).toThrow(RangeError);
  });

  test("a clamp may leave one value, and not none", () => {
    const q = { mode: "full", multiplier: [1], bias: [0], shift: 0 } as const;
    expect(() => requant.check({ ...q, clamp: { min: 3, max: 3 } })).not.toThrow();
    expect(() => requant.check({ ...q, clamp: { min: 4, max: 3 } })).toThrow("clamp is empty");
  });

  test("a result beyond 2^53 throws rather than rounds", () => {
    expect(() => requant.eval({ ...base, multiplier: [2 ** 30], shift: 0 }, 2 ** 30, 0)).toThrow(RangeError);
  });
});

test("argmax takes the lowest index on a tie", () => {
  expect(maximum.index([1, 5, 5, 2])).toBe(1);
  expect(() => maximum.eval([])).toThrow(RangeError);
});
