// Turns an accumulation, the affine layers behind it and the next edge's scale into requantize constants.
import { WORD_MAX } from "../../golden/arith/index.ts";
import type { Requant, RequantMode } from "../ir/quantized.ts";
import type { EdgeType } from "../ir/tensor.ts";
import type { Accumulation, Requantization } from "./define.ts";

/**
 * Products and constants are chosen below this: a product, the constant and what the means of calibration move it by
 * stay within WORD_MAX together.
 */
const EXACT = WORD_MAX / 4;
/** pow2 and csd2: exponents of one layer differ by less than this, which bounds the shifter. */
const EXPONENT_SPREAD = 16;
/** csd2: the second term is at most this many bits below the first. */
const SECOND_TERM = 7;

/** Largest shift of a join: its constant has to fit 48 bits of hardware. */
const JOIN_SHIFT = 30;

/** Powers of two nearest to v: v itself is sign * 2^exponent up to the rounding; null for 0. */
function nearestPower(v: number): number {
  if (v === 0) return 0;
  const low = 2 ** Math.floor(Math.log2(Math.abs(v)));
  return Math.sign(v) * (Math.abs(v) - low < 2 * low - Math.abs(v) ? low : 2 * low);
}

/** The sum of at most two signed powers of two nearest to v. */
function nearestTwoPowers(v: number): number {
  if (v === 0) return 0;
  const low = 2 ** Math.floor(Math.log2(Math.abs(v)));
  let best = Math.sign(v) * low;
  for (const first of [low, 2 * low]) {
    const rest = nearestPower(Math.abs(v) - first);
    const second = Math.abs(rest) < first * 2 ** -SECOND_TERM ? 0 : rest;
    const sum = Math.sign(v) * (first + second);
    if (Math.abs(v - sum) < Math.abs(v - best)) best = sum;
  }
  return best;
}

/** A multiplier as a mode without multiplication has it. */
export const nearestMultiplier = (v: number, mode: Exclude<RequantMode, "full">): number =>
  (mode === "pow2" ? nearestPower : nearestTwoPowers)(v);

/**
 * Multipliers as the mode can represent them: real values whose products with 2^shift are integers, and the largest
 * shift for which all of them fit.
 */
function representable(
  values: readonly number[],
  mode: RequantMode,
  multiplierBits: number,
  accMax: number,
  given?: number,
) {
  const largest = Math.max(...values.map(Math.abs));
  // Whether multipliers fit under a shift that is given is seen by who gives it.
  if (given !== undefined) {
    const kept = mode === "full" ? values : values.map((v) => nearestMultiplier(v, mode));
    return { shift: given, multiplier: kept.map((v) => (mode === "full" ? Math.round : Math.trunc)(v * 2 ** given)) };
  }
  if (largest === 0) return { shift: 0, multiplier: values.map(() => 0) };
  if (mode === "full") {
    const top = 2 ** (multiplierBits - 1) - 1;
    // A subnormal value must not start the search at infinity.
    let shift = Math.min(40, Math.floor(Math.log2(top / largest)) + 1);
    while (Math.round(largest * 2 ** shift) > top || accMax * Math.round(largest * 2 ** shift) > EXACT) shift--;
    shift = Math.max(0, shift);
    return { shift, multiplier: values.map((v) => Math.round(v * 2 ** shift)) };
  }
  const rounded = values.map((v) => nearestMultiplier(v, mode));
  const smallest = mode === "pow2" ? EXPONENT_SPREAD : EXPONENT_SPREAD + SECOND_TERM;
  // The largest multiplier's leading exponent fixes how far down the smallest may reach.
  const exponent = Math.floor(Math.log2(Math.max(...rounded.map(Math.abs))));
  const floor = exponent - smallest + 1;
  const kept = rounded.map((v) => (Math.abs(v) < 2 ** floor ? 0 : v));
  let shift = 0;
  while (shift < 60 && kept.some((v) => !Number.isInteger(v * 2 ** shift))) shift++;
  // What is still no integer is too small for any result to show it.
  return { shift, multiplier: kept.map((v) => Math.trunc(v * 2 ** shift)) };
}

/** Raw results: an accumulator's step in steps of the result, so that constants are not rounded to whole accumulators. */
const STEPS = 4;
/** Raw results that are constants alone: bits of the largest, as many as a float32 has. */
const CONSTANT_BITS = 24;
/** Modes pow2 and csd2: scales of raw results that are tried within a factor of two. */
const SCALES = 64;

/**
 * Multipliers of raw results and what a step of those means. Their scale is free, so multipliers that all have one
 * magnitude are exact in every mode; others take the scale under which the mode represents them best.
 */
function freeScale(
  slope: readonly number[],
  constant: readonly number[],
  { mode, multiplierBits }: Requantization,
  accMax: number,
): { scale: number; multiplier: number[] } {
  const largest = Math.max(...slope.map(Math.abs));
  const constantMax = Math.max(...constant.map(Math.abs));
  let best = { scale: largest / STEPS, multiplier: slope.map((a) => STEPS * Math.sign(a)) };
  if (slope.some((a) => Math.abs(a) !== largest)) {
    const unit = 2 ** Math.ceil(Math.log2(largest));
    const tried = mode === "full" ? [unit] : Array.from({ length: SCALES }, (_, i) => unit * 2 ** (-i / SCALES));
    let least = Number.POSITIVE_INFINITY;
    for (const u of tried) {
      const { shift, multiplier } = representable(
        slope.map((a) => a / u),
        mode,
        multiplierBits,
        accMax,
      );
      const scale = u * 2 ** -shift;
      const error = multiplier.reduce((sum, m, c) => sum + (m * (scale / largest) - slope[c]! / largest) ** 2, 0);
      if (error < least) [least, best] = [error, { scale, multiplier }];
    }
  }
  let { scale, multiplier } = best;
  // Constants that would not fit take the multipliers' last bits.
  while (multiplier.some((m) => m !== 0) && constantMax / scale > EXACT) {
    scale *= 2;
    multiplier = multiplier.map((m) => Math.trunc(m / 2));
  }
  if (multiplier.every((m) => m === 0))
    scale = constantMax > 0 ? 2 ** (Math.ceil(Math.log2(constantMax)) - CONSTANT_BITS) : 1;
  return { scale, multiplier };
}

/** Raw results without low bits that are zero in all of them, and what a step of those means. */
export function withoutZeroBits(requant: Requant, scale: number): { requant: Requant; scale: number } {
  const values = [...requant.multiplier, ...requant.bias].filter((v) => v !== 0);
  if (values.length === 0) return { requant, scale };
  let step = 1;
  while (values.every((v) => v % (2 * step) === 0)) step *= 2;
  const less = (v: number): number => v / step + 0;
  return {
    requant: { ...requant, multiplier: requant.multiplier.map(less), bias: requant.bias.map(less) },
    scale: scale * step,
  };
}

/** A requantize step, and what a step of its results means. */
export interface Fused {
  readonly requant: Requant;
  readonly scale: number;
  /** How far multipliers are from the real ones. */
  readonly error: MultiplierError;
}

export interface MultiplierError {
  /** Largest relative error of a channel's multiplier; of channels whose results it moves by a level at least. */
  readonly relative: number;
  readonly channel: number;
}

/**
 * Errors of multipliers `m` for the real ones `slope`, both in steps of the result a step of the accumulator;
 * `level`: what is seen of an error after `accMax` such steps.
 */
function multiplierError(
  slope: readonly number[],
  m: readonly number[],
  accMax: number,
  level: number,
): MultiplierError {
  let worst: MultiplierError = { relative: 0, channel: 0 };
  for (const [c, a] of slope.entries()) {
    const off = Math.abs(m[c]! - a);
    const relative = off / Math.abs(a);
    if (a !== 0 && off * accMax >= level && relative > worst.relative) worst = { relative, channel: c };
  }
  return worst;
}

/** Raw results: errors below this share of the largest result are not seen. */
const SEEN = 2 ** -10;

function foldRaw(acc: Accumulation, target: Requantization, center?: readonly number[]): Fused {
  const slope = acc.gain.map((g, c) => g * target.affine.scale[c]!);
  const constant = acc.offset.map((o, c) => o * target.affine.scale[c]! + target.affine.offset[c]!);
  const accMax = Math.max(Math.abs(acc.range.min), Math.abs(acc.range.max), 1);
  const { scale, multiplier } = freeScale(slope, constant, target, accMax);
  const bias = slope.map((a, c) =>
    Math.floor((constant[c]! + (a - multiplier[c]! * scale) * (center?.[c] ?? 0)) / scale + 0.5),
  );
  const largest = Math.max(...slope.map(Math.abs)) / scale;
  const error = multiplierError(
    slope.map((a) => a / scale),
    multiplier,
    accMax,
    SEEN * largest * accMax,
  );
  return { requant: { mode: target.mode, multiplier, bias, shift: 0, clamp: null }, scale, error };
}

/**
 * numerics: M ~ gain * 2^S / scale and b = floor(2^S (C + zero point + 1/2)). `center` is the accumulator's expected
 * value for each channel; where M is rounded coarsely the constant is set so that the result is right there. Raw logits
 * (target.clamp null) keep acc * M + b unshifted, under a scale of their own.
 */
export function fuseRequant(acc: Accumulation, target: Requantization, center?: readonly number[]): Fused {
  if (target.clamp === null) return foldRaw(acc, target, center);
  const unit = target.scale;
  const slope = acc.gain.map((g, c) => (g * target.affine.scale[c]!) / unit);
  const constant = acc.offset.map(
    (o, c) => (o * target.affine.scale[c]! + target.affine.offset[c]!) / unit + target.zeroPoint + 0.5,
  );
  const accMax = Math.max(Math.abs(acc.range.min), Math.abs(acc.range.max), 1);
  const negative = target.negativeSlope;
  const all = negative ? [...slope, ...slope.map((a, c) => a * negative[c]!)] : slope;
  let { shift, multiplier } = representable(all, target.mode, target.multiplierBits, accMax, target.shift);
  const constantMax = Math.max(...constant.map(Math.abs), 1);
  while (target.shift === undefined && shift > 0 && constantMax * 2 ** shift > EXACT) {
    shift--;
    // Rounding up would keep a lone 1 for ever, and doubles its value each time.
    multiplier = multiplier.map((m) => (target.mode === "full" ? Math.round(m / 2) : Math.trunc(m / 2)));
  }
  const n = slope.length;
  const biasAt = (c: number, a: number, m: number, k: number) =>
    Math.floor((k + (a - m / 2 ** shift) * (center?.[c] ?? 0)) * 2 ** shift);
  const bias = slope.map((a, c) => biasAt(c, a, multiplier[c]!, constant[c]!));
  const requant: Requant = {
    mode: target.mode,
    multiplier: multiplier.slice(0, n),
    bias,
    shift,
    clamp: target.clamp,
    ...(negative
      ? {
          negative: {
            multiplier: multiplier.slice(n),
            bias: slope.map((a, c) => {
              const s = negative[c]!;
              const zero = target.zeroPoint + 0.5;
              return biasAt(c, a * s, multiplier[n + c]!, (constant[c]! - zero) * s + zero);
            }),
            pivot: target.zeroPoint,
          },
        }
      : {}),
  };
  const error = multiplierError(
    all,
    multiplier.map((m) => m / 2 ** shift),
    accMax,
    1,
  );
  return { requant, scale: target.scale, error };
}

/** Constants of a join: each input reaches the output's scale by its own multiplier, all under one shift. */
export function joinConstants(inputs: readonly EdgeType[], target: Requantization) {
  const ratios = inputs.map((x) => x.scale / target.scale);
  let { shift, multiplier } = representable(ratios, target.mode, target.multiplierBits, 2 ** 16);
  while (shift > JOIN_SHIFT) {
    shift--;
    multiplier = multiplier.map((m) => (target.mode === "full" ? Math.round(m / 2) : Math.trunc(m / 2)));
  }
  const zero = inputs.reduce((sum, x, i) => sum + multiplier[i]! * x.zeroPoint, 0);
  return {
    multipliers: multiplier,
    bias: Math.floor((target.zeroPoint + 0.5) * 2 ** shift - zero),
    shift,
    clamp: target.clamp ?? { min: 0, max: 2 ** 16 - 1 },
  };
}
