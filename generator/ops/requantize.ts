// The requantize step that follows an accumulation: constants to memory words, widths from exact ranges.
import { bitsFor, gcd, signedBitsFor } from "../../golden/arith/index.ts";
import { axisRequant } from "../cells/axis_requant.ts";
import type { HwStream } from "../ir/hardware.ts";
import type { Requant } from "../ir/quantized.ts";
import type { EdgeType, IntRange } from "../ir/tensor.ts";
import { divisors, edgeStream, type HwBuilder, packLanes } from "./define.ts";

const modeNumber = { full: 0, pow2: 1, csd2: 2 } as const;

/** Lanes of a requantize step behind `lanes` accumulators of `channels`: the fewest that keep up with `clocks` a pixel. */
export function requantLanes(lanes: number, channels: number, clocks: number): number {
  const legal = divisors(gcd(lanes, channels));
  return legal.find((r) => channels / r <= clocks) ?? legal.at(-1)!;
}

/** The same behind accumulators of `pixels` whole pixels; the lanes are part of a pixel or whole ones. */
export function requantTileLanes(pixels: number, channels: number, clocks: number): number {
  const legal = [
    ...divisors(channels),
    ...divisors(pixels)
      .slice(1)
      .map((n) => n * channels),
  ];
  return legal.find((r) => (pixels * channels) / r <= clocks)!;
}

/** A power of two as {nonzero, sign, exponent}. */
function term(v: number, expBits: number): bigint {
  if (v === 0) return 0n;
  return (1n << BigInt(expBits + 1)) | (v < 0 ? 1n << BigInt(expBits) : 0n) | BigInt(Math.log2(Math.abs(v)));
}

/** Splits a sum of at most two signed powers of two; undefined for any other number. */
export function twoTerms(v: number): [number, number] | undefined {
  if (v === 0) return [0, 0];
  const a = Math.abs(v);
  const low = 2 ** Math.floor(Math.log2(a));
  for (const first of [low, 2 * low]) {
    const rest = a - first;
    if (rest === 0 || Number.isInteger(Math.log2(Math.abs(rest)))) return [Math.sign(v) * first, Math.sign(v) * rest];
  }
  return undefined;
}

function termsOf(v: number): [number, number] {
  const terms = twoTerms(v);
  if (!terms) throw new Error(`${v} is not a sum of two powers of two`);
  return terms;
}

/**
 * Clocks between the beats of a requantize step where `beats` of them share what comes every `clocks` clocks. One clock
 * of a shared interval stays free, in which the serializer takes what comes next.
 */
export const requantInterval = (clocks: number, beats: number): number =>
  beats === 1 ? clocks : Math.max(1, Math.floor((clocks - 1) / beats));

/**
 * The same results for accumulators that are offset[c] too large in channel c: (a + o)*M + (b - o*M) = a*M + b.
 * Undefined where a number would not hold a constant exactly.
 */
export function behindOffset(q: Requant, offset: readonly number[]): Requant | undefined {
  let exact = true;
  const less = <P extends { readonly multiplier: readonly number[]; readonly bias: readonly number[] }>(p: P): P => ({
    ...p,
    bias: p.bias.map((b, c) => {
      const part = offset[c]! * p.multiplier[c]!;
      exact &&= Number.isSafeInteger(part) && Number.isSafeInteger(b - part);
      return b - part;
    }),
  });
  const moved = { ...less(q), ...(q.negative ? { negative: less(q.negative) } : {}) };
  return exact ? moved : undefined;
}

/**
 * Adds the requantize cell behind `from` (accumulators of `range`) and gives the stream of `name`'s edge. `interval`:
 * clocks between beats at full rate; the longer it is, the fewer places the cell's output FIFO has.
 */
export function requantize(
  hw: HwBuilder,
  q: Requant,
  range: IntRange,
  from: HwStream,
  name: string,
  edge: EdgeType,
  interval = 1,
): HwStream {
  const { lanes } = from;
  // The constants repeat with every pixel, in one beat or in several.
  const period = q.multiplier.length;
  const whole = lanes % period === 0;
  const beats = whole ? 1 : Math.ceil(period / lanes);
  const pairs = [q, ...(q.negative ? [q.negative] : [])];
  const multipliers = pairs.flatMap((p) => p.multiplier);
  const exponents = multipliers.flatMap((m) => (q.mode === "csd2" ? termsOf(m) : [m])).filter((m) => m !== 0);
  const largest = Math.max(0, ...exponents.map((m) => Math.floor(Math.log2(Math.abs(m)))));
  const expBits = q.mode === "full" ? 1 : Math.max(1, bitsFor({ min: 0, max: largest }));
  const mBits =
    q.mode === "full"
      ? Math.max(2, ...multipliers.map((m) => signedBitsFor({ min: Math.min(m, 0), max: Math.max(m, 0) })))
      : (q.mode === "pow2" ? 1 : 2) * (expBits + 2);
  const biases = pairs.flatMap((p) => p.bias);
  const bBits = Math.max(2, signedBitsFor({ min: Math.min(0, ...biases), max: Math.max(0, ...biases) }));
  const encode = (m: number): bigint => {
    if (q.mode === "full") return BigInt(m);
    if (q.mode === "pow2") return term(m, expBits);
    const [t0, t1] = termsOf(m);
    return packLanes([term(t0, expBits), term(t1, expBits)], expBits + 2);
  };
  const pairBits = bBits + mBits;
  const word = (c: number): bigint =>
    packLanes(
      pairs.map((p) =>
        c < p.bias.length
          ? (packLanes([p.bias[c]!], bBits) << BigInt(mBits)) | packLanes([encode(p.multiplier[c]!)], mBits)
          : 0n,
      ),
      pairBits,
    );
  const wordBits = pairBits * pairs.length;
  const beat = (b: number): bigint =>
    packLanes(
      Array.from({ length: lanes }, (_, l) => word(whole ? l % period : b * lanes + l)),
      wordBits,
    );
  const mem = hw.memory(
    "requantize",
    lanes * wordBits,
    beats,
    beat,
    `a word a beat of a pixel: {${q.negative ? `b2[${bBits}], m2[${mBits}], ` : ""}b[${bBits}], m[${mBits}]} of channel c of the beat at bit ${wordBits}*c`,
  );
  const factor = { full: "m is a factor", pow2: "m is a power of two", csd2: "m is a sum of two powers of two" };
  hw.fact(
    "requantize",
    `mode ${q.mode} (${factor[q.mode]}): ((acc * m + b) >> ${q.shift})${q.clamp ? `, clamped to ${q.clamp.min} .. ${q.clamp.max}` : ""}, ${edge.bits} bits`,
  );
  return hw.through(
    "requantize",
    axisRequant,
    {
      LANES: lanes,
      BEATS: beats,
      IN_BITS: from.laneBits,
      IN_SIGNED: range.min < 0 ? 1 : 0,
      M_BITS: mBits,
      B_BITS: bBits,
      SHIFT: q.shift,
      OUT_BITS: edge.bits,
      CLAMP: q.clamp ? 1 : 0,
      LO: q.clamp?.min ?? 0,
      HI: q.clamp?.max ?? 0,
      MODE: modeNumber[q.mode],
      EXP_BITS: expBits,
      NEG: q.negative ? 1 : 0,
      PIVOT: q.negative?.pivot ?? 0,
      INTERVAL: interval,
      MEM_FILE: mem,
    },
    from,
    edgeStream(name, edge, lanes),
  );
}
