// Ranges of integers and the wires that hold them.
import type { IntRange } from "../../generator/ir/tensor.ts";

/** A range whose ends may lie beyond 2^53: products inside a requantize step. */
export interface BigRange {
  readonly min: bigint;
  readonly max: bigint;
}

/** Every integer of magnitude up to this one is exact in a JavaScript number. */
export const EXACT_MAX = Number.MAX_SAFE_INTEGER;

/** The largest accumulator, product and constant of a requantize step: what the cells' words of 52 bits hold. */
export const WORD_MAX = 2 ** 52;

export const toBig = (r: IntRange): BigRange => ({ min: BigInt(r.min), max: BigInt(r.max) });

/** Throws where an end is no exact integer or the ends are in the wrong order: a fault of the caller's. */
export function checkRange(r: IntRange): IntRange {
  if (!Number.isSafeInteger(r.min) || !Number.isSafeInteger(r.max) || r.min > r.max)
    throw new RangeError(`not a range of exact integers: [${r.min}, ${r.max}]`);
  return r;
}

/** Throws where `value` is not an integer below 2^53 in magnitude. */
export function exact(value: number, what: string): number {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${what} is ${value}, not an integer below 2^53 in magnitude`);
  return value;
}

/**
 * Bits of the narrowest wire that holds every value of `r`: plain binary where no value is negative, two's complement
 * otherwise. At least 1.
 */
export function bitsFor(r: IntRange | BigRange): number {
  return r.min >= 0 ? unsignedBits(r.max) : signedBitsFor(r);
}

/** Bits of the narrowest two's complement wire that holds every value of `r`, negative ones or not. At least 1. */
export function signedBitsFor(r: IntRange | BigRange): number {
  // -v - 1 of a negative v needs as many magnitude bits as v itself: two's complement is lopsided by one.
  const low = r.min < 0 ? magnitudeBits(-BigInt(r.min) - 1n) : 0;
  const high = r.max > 0 ? magnitudeBits(BigInt(r.max)) : 0;
  return Math.max(low, high) + 1;
}

const unsignedBits = (max: number | bigint): number => Math.max(1, magnitudeBits(BigInt(max)));

const magnitudeBits = (v: bigint): number => (v === 0n ? 0 : v.toString(2).length);

/** Greatest common divisor of two integers from 0 up. */
export const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

export const union = (a: IntRange, b: IntRange): IntRange => ({
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
});

/** Smallest range that holds all of `ranges`; throws where there are none. */
export function unionAll(ranges: Iterable<IntRange>): IntRange {
  let all: IntRange | undefined;
  for (const r of ranges) all = all ? union(all, r) : r;
  if (!all) throw new RangeError("the union of no ranges is not defined");
  return all;
}

/** Range of values, 0 among them. */
export function rangeOf(values: Iterable<number>): IntRange {
  let [min, max] = [0, 0];
  for (const v of values) {
    if (v < min) min = v;
    if (v > max) max = v;
  }
  return { min, max };
}

export const contains = (r: IntRange, v: number): boolean => v >= r.min && v <= r.max;

export const within = (inner: IntRange, outer: IntRange): boolean => inner.min >= outer.min && inner.max <= outer.max;

/** What `bits` can hold: [0, 2^bits - 1], or [-2^(bits-1), 2^(bits-1) - 1]. bits from 1 to 53. */
export function rangeOfBits(bits: number, signed = false): IntRange {
  if (!Number.isInteger(bits) || bits < 1 || bits > 53) throw new RangeError(`${bits} is not a width from 1 to 53`);
  return signed ? { min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 } : { min: 0, max: 2 ** bits - 1 };
}

export const clampTo = (v: number, r: IntRange): number => Math.max(r.min, Math.min(r.max, v));

/** Smallest range that holds at least one value. */
export function spanBig(values: readonly bigint[]): BigRange {
  let [min, max] = [values[0]!, values[0]!];
  for (const v of values) {
    if (v < min) min = v;
    if (v > max) max = v;
  }
  return { min, max };
}

/** floor(a / b) for b > 0. */
export function floorDiv(a: bigint, b: bigint): bigint {
  const q = a / b;
  return a % b < 0n ? q - 1n : q;
}
