// q = clamp(floor((acc * M[c] + b[c]) / 2^S), lo, hi), with a second M, b below a pivot for leaky activations.
import type { Requant } from "../../generator/ir/quantized.ts";
import type { IntRange } from "../../generator/ir/tensor.ts";
import { type BigRange, bitsFor, EXACT_MAX, exact, floorDiv, signedBitsFor, spanBig, unionAll } from "./range.ts";

/** One channel's pair; `requant` and `requant.negative` both hold lists of them. */
interface Pair {
  readonly multiplier: number;
  readonly bias: number;
}

/** The values inside a requantize step, over all channels; those of the second pair included. */
export interface RequantRanges {
  readonly multiplier: IntRange;
  readonly product: BigRange;
  readonly bias: IntRange;
  /** acc * M + b */
  readonly sum: BigRange;
  /** Before the clamp. */
  readonly shifted: IntRange;
  readonly result: IntRange;
}

/** Bits of the wires inside a requantize step; all two's complement but `result`, which is unsigned where it can be. */
export interface RequantWidths {
  readonly multiplier: number;
  readonly product: number;
  readonly bias: number;
  readonly sum: number;
  readonly shifted: number;
  readonly result: number;
}

const MAX_SHIFT = 255;

export const requant = {
  /**
   * One value of channel `c`, exact for every acc below 2^53 in magnitude. The pivot of a second pair is compared with
   * the first result before the clamp. Throws RangeError where the result is not exact.
   */
  eval(q: Requant, acc: number, c: number): number {
    let v = shiftedBig(acc, pairOf(q, c), q.shift);
    if (q.negative && v < BigInt(q.negative.pivot)) v = shiftedBig(acc, pairOf(q.negative, c), q.shift);
    if (q.clamp) {
      if (v < BigInt(q.clamp.min)) return q.clamp.min;
      if (v > BigInt(q.clamp.max)) return q.clamp.max;
    }
    return exact(Number(v), "requantized value");
  },

  /**
   * The same function for many values of `accRange`: in floating point where every |acc * M| + |b| stays below 2^53
   * (a division by a power of two is exact there), in BigInt otherwise.
   */
  prepare(q: Requant, accRange: IntRange): (acc: number, c: number) => number {
    requant.check(q);
    if (!requant.fitsNumbers(q, accRange)) return (acc, c) => requant.eval(q, acc, c);
    const multiplier = Float64Array.from(q.multiplier);
    const bias = Float64Array.from(q.bias);
    const step = 2 ** -q.shift;
    const lo = q.clamp ? q.clamp.min : Number.NEGATIVE_INFINITY;
    const hi = q.clamp ? q.clamp.max : Number.POSITIVE_INFINITY;
    if (!q.negative)
      return (acc, c) => {
        const v = Math.floor((acc * multiplier[c]! + bias[c]!) * step);
        return Math.max(lo, Math.min(hi, v)) + 0;
      };
    const { pivot } = q.negative;
    const multiplier2 = Float64Array.from(q.negative.multiplier);
    const bias2 = Float64Array.from(q.negative.bias);
    return (acc, c) => {
      let v = Math.floor((acc * multiplier[c]! + bias[c]!) * step);
      if (v < pivot) v = Math.floor((acc * multiplier2[c]! + bias2[c]!) * step);
      return Math.max(lo, Math.min(hi, v)) + 0;
    };
  },

  /** Whether every |acc * M| + |b| stays below 2^53 for sums of `accRange`, so that floating point is exact. */
  fitsNumbers(q: Requant, accRange: IntRange): boolean {
    return fitsNumber(q, accRange) && (!q.negative || fitsNumber(q.negative, accRange));
  },

  /** Exact range of the results over all channels where acc takes any value of `acc`. */
  range(q: Requant, acc: IntRange): IntRange {
    return unionAll(q.multiplier.map((_, c) => requant.channelRange(q, acc, c)));
  },

  /** Exact range of channel `c`'s results. */
  channelRange(q: Requant, acc: IntRange, c: number): IntRange {
    const parts = pieces(q, acc, c).map(({ acc: part, pair }) => ends(part, pair, q.shift));
    const all = spanBig(parts.flatMap((r) => [r.min, r.max]));
    const clampBig = (v: bigint): number => {
      if (q.clamp && v < BigInt(q.clamp.min)) return q.clamp.min;
      if (q.clamp && v > BigInt(q.clamp.max)) return q.clamp.max;
      return exact(Number(v), "requantized value");
    };
    return { min: clampBig(all.min), max: clampBig(all.max) };
  },

  /** Every intermediate value's range. Both pairs are taken over the whole of `acc`: hardware computes both. */
  ranges(q: Requant, acc: IntRange): RequantRanges {
    const pairs = [q, ...(q.negative ? [q.negative] : [])].flatMap((p) => p.multiplier.map((_, c) => pairOf(p, c)));
    const products = pairs.map((p) => productRange(acc, p.multiplier));
    const sums = products.map((r, i) => ({ min: r.min + BigInt(pairs[i]!.bias), max: r.max + BigInt(pairs[i]!.bias) }));
    const sum = unionBig(sums);
    const scale = 1n << BigInt(q.shift);
    return {
      multiplier: unionAll(pairs.map((p) => ({ min: p.multiplier, max: p.multiplier }))),
      product: unionBig(products),
      bias: unionAll(pairs.map((p) => ({ min: p.bias, max: p.bias }))),
      sum,
      shifted: {
        min: exact(Number(floorDiv(sum.min, scale)), "shifted value"),
        max: exact(Number(floorDiv(sum.max, scale)), "shifted value"),
      },
      result: requant.range(q, acc),
    };
  },

  /** Wire widths for an accumulator of range `acc`. */
  widths(q: Requant, acc: IntRange): RequantWidths {
    const r = requant.ranges(q, acc);
    return {
      multiplier: signedBitsFor(r.multiplier),
      product: signedBitsFor(r.product),
      bias: signedBitsFor(r.bias),
      sum: signedBitsFor(r.sum),
      shifted: signedBitsFor(r.shifted),
      result: bitsFor(r.result),
    };
  },

  /** Throws where `q` is no requantize step: unequal lists, values that are not exact, a shift outside 0 to 255. */
  check(q: Requant): void {
    if (!Number.isInteger(q.shift) || q.shift < 0 || q.shift > MAX_SHIFT)
      throw new RangeError(`shift ${q.shift} is not from 0 to ${MAX_SHIFT}`);
    const channels = q.multiplier.length;
    for (const list of [q.multiplier, q.bias, ...(q.negative ? [q.negative.multiplier, q.negative.bias] : [])]) {
      if (list.length !== channels) throw new RangeError(`${list.length} constants for ${channels} channels`);
      for (const v of list) exact(v, "requantize constant");
    }
    if (q.clamp && !(q.clamp.min <= q.clamp.max)) throw new RangeError("clamp is empty");
  },
};

const pairOf = (q: { readonly multiplier: readonly number[]; readonly bias: readonly number[] }, c: number): Pair => ({
  multiplier: q.multiplier[c]!,
  bias: q.bias[c]!,
});

const sumBig = (acc: number, p: Pair): bigint => BigInt(acc) * BigInt(p.multiplier) + BigInt(p.bias);

// A shift right of a BigInt is arithmetic: it rounds down.
const shiftedBig = (acc: number, p: Pair, shift: number): bigint => sumBig(acc, p) >> BigInt(shift);

function fitsNumber(q: { multiplier: readonly number[]; bias: readonly number[] }, acc: IntRange): boolean {
  const largest = Math.max(Math.abs(acc.min), Math.abs(acc.max));
  // Rounding is monotone, so a bound that truly exceeds 2^53 cannot round to a value below it.
  return q.multiplier.every((m, c) => largest * Math.abs(m) + Math.abs(q.bias[c]!) <= EXACT_MAX);
}

/** The parts of `acc` on which each pair is used; a result is monotone on a part, so its ends suffice. */
function pieces(q: Requant, acc: IntRange, c: number): { acc: IntRange; pair: Pair }[] {
  const first = pairOf(q, c);
  if (!q.negative) return [{ acc, pair: first }];
  const second = pairOf(q.negative, c);
  const below = (a: number) => shiftedBig(a, first, q.shift) < BigInt(q.negative!.pivot);
  const [atMin, atMax] = [below(acc.min), below(acc.max)];
  if (atMin === atMax) return [{ acc, pair: atMin ? second : first }];
  let [lo, hi] = [acc.min, acc.max];
  while (hi - lo > 1) {
    const mid = lo + Math.floor((hi - lo) / 2);
    if (below(mid) === atMin) lo = mid;
    else hi = mid;
  }
  return [
    { acc: { min: acc.min, max: lo }, pair: atMin ? second : first },
    { acc: { min: hi, max: acc.max }, pair: atMin ? first : second },
  ];
}

const ends = (acc: IntRange, p: Pair, shift: number): BigRange =>
  spanBig([shiftedBig(acc.min, p, shift), shiftedBig(acc.max, p, shift)]);

const productRange = (acc: IntRange, multiplier: number): BigRange =>
  spanBig([BigInt(acc.min) * BigInt(multiplier), BigInt(acc.max) * BigInt(multiplier)]);

const unionBig = (ranges: readonly BigRange[]): BigRange => spanBig(ranges.flatMap((r) => [r.min, r.max]));
