// The requantize step that follows an accumulation: constants to memory words, widths from exact ranges.
import { gcd, signedBitsFor } from "../../golden/arith/index.ts";
import { axisFrames } from "../cells/axis_frames.ts";
import { axisLast } from "../cells/axis_last.ts";
import { axisRequant } from "../cells/axis_requant.ts";
import { axisRequantSerial, serialClocks } from "../cells/axis_requant_serial.ts";
import type { HwStream } from "../ir/hardware.ts";
import type { Requant } from "../ir/quantized.ts";
import type { EdgeType, IntRange } from "../ir/tensor.ts";
import { divisors, edgeStream, type HwBuilder, packLanes } from "./define.ts";
import { type ConstantFormat, multiplierBits, withinFormat } from "./format.ts";
import { twoTerms } from "./terms.ts";

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
 * Lanes of a step that multiplies a bit a clock (axis_requant_serial), where multipliers are logic: the fewest among
 * `legal` that keep up with what comes every `clocks(lanes)` clocks. Undefined where none do, or where they would take more than
 * the multipliers of `lanes` lanes. A lane is an adder with the word that it adds, each as wide as the constant b, and the
 * accumulator's bits; a multiplier takes somewhat more than two lookup tables for each pair of bits of its operands.
 */
export function serialLanes(
  q: Requant,
  range: IntRange,
  bits: number,
  lanes: number,
  legal: readonly number[],
  clocks: (lanes: number) => number,
): number | undefined {
  if (q.mode !== "full") return undefined;
  const found = legal.find((r) => clocks(r) >= serialClocks({ IN_BITS: bits }));
  if (found === undefined) return undefined;
  const { multiplierBits: m, biasBits: b } = ownFormat(q);
  const a = bits + (range.min < 0 ? 0 : 1);
  return found * (2 * b + bits + 10) < lanes * (2.25 * a * m + 3 * b) ? found : undefined;
}

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

/** Bits of a pair {b, m}: of its multiplier, and of both. */
function pairBits(mode: Requant["mode"], { multiplierBits: bits, biasBits }: ConstantFormat) {
  const m = mode === "full" ? bits : (mode === "pow2" ? 1 : 2) * (bits + 2);
  return { m, pair: biasBits + m };
}

/** Beats of a pixel in which a step's constants come, and the memory's words of them by their beats. */
export function constantWords(q: Requant, layout: ConstantFormat & { readonly lanes: number }) {
  const { lanes, multiplierBits: bits, biasBits } = layout;
  // The constants repeat with every pixel, in one beat or in several.
  const period = q.multiplier.length;
  const whole = lanes % period === 0;
  const pairs = [q, ...(q.negative ? [q.negative] : [])];
  const { m: mBits, pair } = pairBits(q.mode, layout);
  const encode = (m: number): bigint => {
    if (q.mode === "full") return BigInt(m);
    if (q.mode === "pow2") return term(m, bits);
    const [t0, t1] = termsOf(m);
    return packLanes([term(t0, bits), term(t1, bits)], bits + 2);
  };
  const word = (c: number): bigint =>
    packLanes(
      pairs.map((p) =>
        c < p.bias.length
          ? (packLanes([p.bias[c]!], biasBits) << BigInt(mBits)) | packLanes([encode(p.multiplier[c]!)], mBits)
          : 0n,
      ),
      pair,
    );
  const beat = (b: number): bigint =>
    packLanes(
      Array.from({ length: lanes }, (_, l) => word(whole ? l % period : b * lanes + l)),
      pair * pairs.length,
    );
  return { beats: whole ? 1 : Math.ceil(period / lanes), beat };
}

/** The narrowest widths of a step's constants. */
function ownFormat(q: Requant): ConstantFormat {
  const biases = [q, ...(q.negative ? [q.negative] : [])].flatMap((p) => p.bias);
  const range = { min: Math.min(0, ...biases), max: Math.max(0, ...biases) };
  return { multiplierBits: multiplierBits(q), biasBits: Math.max(2, signedBitsFor(range)) };
}

/** A requantize step whose constants are written at run time. */
export interface LoadedConstants {
  readonly node: string;
  readonly format: ConstantFormat;
  /** Its constants take the sums of the weights off. */
  readonly shared: boolean;
}

/** Results come group by group, all `pixels` of each of the `groups` of channels before the next one's. */
export interface GroupOrder {
  readonly groups: number;
  readonly pixels: number;
  /** Such maps of a frame, one after the other. */
  readonly bands: number;
}

/**
 * Adds the requantize cell behind `from` (accumulators of `range`) and gives the stream of `name`'s edge. `interval`:
 * clocks between beats at full rate; the longer it is, the fewer places the cell's output FIFO has. `loaded`: widths of
 * any set of constants in place of the given ones'. `order`: of what comes; what leaves is in raster order again.
 */
export function requantize(
  hw: HwBuilder,
  q: Requant,
  range: IntRange,
  from: HwStream,
  name: string,
  edge: EdgeType,
  interval = 1,
  loaded?: LoadedConstants,
  order?: GroupOrder,
): HwStream {
  const { lanes } = from;
  const format = loaded?.format ?? ownFormat(q);
  const layout = { lanes, ...format };
  const { beats, beat } = constantWords(loaded ? withinFormat(q, range, format) : q, layout);
  const { m: mBits, pair } = pairBits(q.mode, format);
  const bBits = format.biasBits;
  const expBits = q.mode === "full" ? 1 : format.multiplierBits;
  const wordBits = pair * (q.negative ? 2 : 1);
  // The constants repeat with every pixel.
  const several = lanes > q.multiplier.length;
  const mem = hw.memory(
    "requantize",
    lanes * wordBits,
    beats,
    beat,
    `a word for ${lanes === 1 ? "each channel" : several ? "the pixels of a beat" : `each ${lanes} channels`}: ` +
      `{${q.negative ? `b2[${bBits}], m2[${mBits}], ` : ""}b[${bBits}], m[${mBits}]}` +
      (lanes === 1 ? "" : ` of ${several ? "lane" : "channel"} c at bit ${wordBits}*c`),
    loaded && { node: loaded.node, holds: "constants", layout: { ...layout, acc: range, shared: loaded.shared } },
    order && { walk: { blocks: order.groups, times: order.pixels, inner: beats / order.groups } },
  );
  const factor = { full: "m is a factor", pow2: "m is a power of two", csd2: "m is a sum of two powers of two" };
  hw.fact(
    "requantize",
    `mode ${q.mode} (${factor[q.mode]}): ((acc * m + b) >> ${q.shift})${q.clamp ? `, clamped to ${q.clamp.min} .. ${q.clamp.max}` : ""}, ${edge.bits} bits`,
  );
  const raster = edgeStream(name, edge, lanes);
  const inner = order ? beats / order.groups : beats;
  const { tensor: _, ...shape } = raster;
  const params = {
    LANES: lanes,
    BEATS: inner,
    IN_BITS: from.laneBits,
    IN_SIGNED: range.min < 0 ? 1 : 0,
    M_BITS: mBits,
    B_BITS: bBits,
    SHIFT: q.shift,
    OUT_BITS: edge.bits,
    CLAMP: q.clamp ? 1 : 0,
    LO: q.clamp?.min ?? 0,
    HI: q.clamp?.max ?? 0,
    NEG: q.negative ? 1 : 0,
    PIVOT: q.negative?.pivot ?? 0,
    MEM_FILE: mem,
  };
  const to = order ? { ...shape, channels: inner * lanes, pixels: order.groups * order.pixels * order.bands } : raster;
  // The step of a bit a clock has no variant with the memory outside, which other sets and orders need.
  const serial =
    !hw.dsp && !loaded && !order && serialLanes(q, range, from.laneBits, lanes, [lanes], () => interval) !== undefined;
  if (serial) hw.fact("product", `a bit of acc a clock: ${serialClocks({ IN_BITS: from.laneBits })} clocks a beat`);
  const results = serial
    ? hw.through("requantize", axisRequantSerial, params, from, to)
    : hw.through(
        "requantize",
        axisRequant,
        { ...params, MODE: modeNumber[q.mode], EXP_BITS: expBits, INTERVAL: interval },
        from,
        to,
      );
  if (!order) return results;
  const { groups, pixels, bands } = order;
  const kept = bands > 1 ? "bands" : "maps";
  hw.fact("order", `results come in ${groups} groups of channels; two ${kept} are kept to give them pixel by pixel`);
  const WIDTH = lanes * edge.bits;
  const ordered = hw.through(
    "order",
    axisFrames,
    { WIDTH, GROUPS: groups, PIXELS: pixels, INNER: inner, TIMES: 1 },
    results,
    bands > 1 ? shape : raster,
  );
  // The end of a band is no end of a frame.
  return bands > 1 ? hw.through("last", axisLast, { WIDTH, BEATS: raster.beatsPerFrame }, ordered, raster) : ordered;
}
