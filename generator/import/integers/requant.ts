// A quotient as people write it, as a product and a shift that give the very same integers.
import type { Requant } from "../../ir/quantized.ts";
import type { IntRange } from "../../ir/tensor.ts";
import { ArrayFault } from "./arrays.ts";
import type { Constants } from "./schema.ts";

export interface Quotient {
  readonly multiplier: readonly number[];
  readonly bias: readonly number[];
  readonly shift: readonly number[];
  readonly divisor: number;
  readonly round: NonNullable<Constants["round"]>;
}

/** Products and sums of a requantize step are exact below this. */
const WORD = 2n ** 52n;

const isPower = (v: number): boolean => v === 0 || Number.isInteger(Math.log2(Math.abs(v)));

/**
 * Multipliers, constants and one shift for `sum * multiplier + bias` over `2^shift * divisor`, for sums of `range`; `plus`
 * is added to every result. Exact: a divisor becomes a product that has the same floor for every value that can occur.
 */
export function quotient(q: Quotient, range: IntRange, plus: number): Omit<Requant, "clamp"> {
  const channels = q.multiplier.map((m, c) => {
    const shift = q.shift[c]!;
    if (!(shift >= 0 && shift <= 60)) throw new ArrayFault(`the shift ${shift} is out of range`, "0 to 60");
    let divisor = BigInt(q.divisor);
    let power = BigInt(shift);
    // Powers of two need no product.
    while (divisor % 2n === 0n) {
      divisor /= 2n;
      power++;
    }
    const whole = divisor << power;
    const rounding = { floor: 0n, truncate: 0n, nearest: whole / 2n, ceil: whole - 1n }[q.round];
    const bias = BigInt(q.bias[c]!) + rounding;
    const exact = divided(BigInt(m), bias, divisor, power, range);
    return { ...exact, bias: exact.bias + (BigInt(plus) << exact.shift), shift: Number(exact.shift) };
  });
  const shift = Math.max(...channels.map((c) => c.shift));
  const largest = BigInt(Math.max(Math.abs(range.min), Math.abs(range.max)));
  const lists = channels.map((c) => {
    const up = BigInt(shift - c.shift);
    const [multiplier, bias] = [c.multiplier << up, c.bias << up];
    const abs = (v: bigint) => (v < 0n ? -v : v);
    if (shift > 60 || largest * abs(multiplier) + abs(bias) > WORD)
      throw new ArrayFault("the exact integers need more than 52 bits", "smaller multipliers, shifts or divisor");
    return { multiplier: Number(multiplier), bias: Number(bias) };
  });
  const multiplier = lists.map((l) => l.multiplier);
  const mode = multiplier.every(isPower) ? "pow2" : "full";
  return { mode, multiplier, bias: lists.map((l) => l.bias), shift };
}

/** floor((acc * m + b) / (d * 2^p)) for an odd d as a product and a shift. */
function divided(m: bigint, b: bigint, d: bigint, p: bigint, range: IntRange) {
  if (d === 1n) return { multiplier: m, bias: b, shift: p };
  const ends = [BigInt(range.min) * m + b, BigInt(range.max) * m + b];
  const low = ends[0]! < ends[1]! ? ends[0]! : ends[1]!;
  const high = ends[0]! < ends[1]! ? ends[1]! : ends[0]!;
  const whole = d << p;
  // Lifted by k whole quotients no value is negative; with M = ceil(2^s / d) and e = M d - 2^s, n M / 2^s lies above n / d by
  // less than 1 / d as long as n e < 2^s.
  const k = low < 0n ? (whole - 1n - low) / whole : 0n;
  const top = high + k * whole;
  for (let s = 0n; s <= 60n; s++) {
    const factor = (2n ** s + d - 1n) / d;
    const e = factor * d - 2n ** s;
    if (top * e < 2n ** s)
      return { multiplier: m * factor, bias: (b + k * whole) * factor - (k << (s + p)), shift: s + p };
  }
  throw new ArrayFault("the exact integers need more than 52 bits", "a smaller divisor");
}
