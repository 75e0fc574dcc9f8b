import { describe, expect, test } from "vitest";
import { blockSizes, bookOf, CodeError, codedBits, decode, encode, entropyOf, histogramOf } from "./code.ts";

let state = 7;
/** From 0 to below 1, the same in each run (Park and Miller's generator). */
const random = (): number => {
  state = (state * 48271) % 0x7fffffff;
  return state / 0x7fffffff;
};
/** Weights of which `ends` are the smallest or the largest. */
const weights = (bits: number, count: number, ends: number): number[] =>
  Array.from({ length: count }, () =>
    random() < ends ? (random() < 0.6 ? 0 : 2 ** bits - 1) : Math.floor(random() * 2 ** bits),
  );

describe("coded weights", () => {
  test.each([
    [1, 2],
    [4, 16],
    [8, 7],
    [16, 32],
  ])("%i bits in blocks of %i come back, in as many bits as counted", (bits, lanes) => {
    for (const ends of [0, 0.7, 1]) {
      const set = weights(bits, lanes * 30, ends);
      const counts = histogramOf([Int32Array.from(set)], bits);
      const book = bookOf(counts);
      const bytes = encode(set, { bits, lanes }, book);
      expect(decode(bytes, set.length, { bits, lanes }, book)).toEqual(set);
      expect(bytes.length).toBe(Math.ceil(codedBits(counts, bits) / 8));
      expect(codedBits(counts, bits) / set.length).toBeGreaterThanOrEqual(entropyOf(counts) - 1e-9);
    }
  });

  test("a block by hand: which are not the commonest, which of these not the second, the rest", () => {
    const bytes = encode([3, 5, 3, 9], { bits: 4, lanes: 4 }, { first: 3, second: 5 });
    // Bits 0 1 0 1, then 0 1, then 9 with its lowest bit first.
    expect([...bytes]).toEqual([0b01_10_1010, 0b10]);
  });

  test("the shares of the published ResNet-20 are 3.84 bits of 8 and 2.70 of 4", () => {
    for (const [bits, coded] of [
      [8, 3.835],
      [4, 2.695],
    ] as const) {
      const counts = new Map([
        [0, 445],
        [1, 270],
        [2, 100],
        [3, 100],
        [4, 85],
      ]);
      expect(codedBits(counts, bits) / 1000).toBeCloseTo(coded, 3);
    }
  });

  test("signed weights are bit patterns, equal counts the smaller one first", () => {
    expect(bookOf(histogramOf([Int32Array.from([-1, -1, 4, 4])], 4))).toEqual({ first: 4, second: 15 });
    expect(bookOf(new Map([[0, 5]]))).toEqual({ first: 0, second: 1 });
    expect(bookOf(new Map([[6, 5]]))).toEqual({ first: 6, second: 0 });
  });

  test("bytes that are no code are refused", () => {
    const shape = { bits: 4, lanes: 4 };
    const book = { first: 0, second: 15 };
    const bytes = encode([0, 15, 7, 7], shape, book);
    expect(() => decode(bytes.subarray(0, 1), 4, shape, book)).toThrow(CodeError);
    expect(() => decode(Uint8Array.from([...bytes, 0, 4]), 4, shape, book)).toThrow(CodeError);
    expect(decode(Uint8Array.from([...bytes, 0, 0]), 4, shape, book)).toEqual([0, 15, 7, 7]);
  });

  test("blocks are whole", () => {
    expect(blockSizes(90)).toEqual([2, 3, 5, 6, 9, 10, 15, 18, 30]);
    expect(blockSizes(37)).toEqual([]);
  });
});
