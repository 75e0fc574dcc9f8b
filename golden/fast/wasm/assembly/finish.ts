// Sums to stored values: clamp(floor(sum * multiplier[c] + bias[c]), lo, hi) in f64, which the caller has proven exact:
// multiplier and bias are integers times one power of two, and no |sum * multiplier| + |bias| has more than 53 bits.

/** Words of 32 bits in this order. */
@unmanaged
export class Finish {
  /** f64, one a channel; readable up to three values beyond the last. */
  multiplier: i32;
  bias: i32;
  /** The second pair, for first results below the pivot; 0 where there is none. */
  multiplier2: i32;
  bias2: i32;
  /** f64: lo, hi, pivot. */
  limits: i32;
  output: i32;
  /** Bytes of a stored value: 1 unsigned, 4 signed, 8 f64. */
  size: i32;
  /** Values from one position of the output to the next. */
  channels: i32;
}

@inline
function scale(x: v128, m: v128, b: v128): v128 {
  return f64x2.floor(f64x2.add(f64x2.mul(x, m), b));
}

@inline
function high(v: v128): v128 {
  return f64x2.convert_low_i32x4_s(v128.shuffle<i32>(v, v, 2, 3, 2, 3));
}

/**
 * Stores the results of `count` times four sums of 32 bits (`used` of them count), which lie `pitch` bytes apart, for
 * channels `channel` on; the first goes to output value `at`. `keep`: where the sums themselves go, or 0.
 */
export function finish(
  f: Finish,
  sums: usize,
  pitch: i32,
  count: i32,
  channel: i32,
  at: i32,
  used: i32,
  keep: i32,
): void {
  const c = channel << 3;
  const m0 = v128.load(f.multiplier + c);
  const m1 = v128.load(f.multiplier + c, 16);
  const b0 = v128.load(f.bias + c);
  const b1 = v128.load(f.bias + c, 16);
  const lo = v128.load64_splat(f.limits);
  const hi = v128.load64_splat(f.limits, 8);
  const second = f.multiplier2 != 0;
  const step = f.channels;
  for (let i = 0; i < count; i++) {
    const v = v128.load(sums);
    let p = scale(f64x2.convert_low_i32x4_s(v), m0, b0);
    let q = scale(high(v), m1, b1);
    if (second) {
      const pivot = v128.load64_splat(f.limits, 16);
      const m2 = f.multiplier2 + c;
      const b2 = f.bias2 + c;
      const p2 = scale(f64x2.convert_low_i32x4_s(v), v128.load(m2), v128.load(b2));
      const q2 = scale(high(v), v128.load(m2, 16), v128.load(b2, 16));
      p = v128.bitselect(p2, p, f64x2.lt(p, pivot));
      q = v128.bitselect(q2, q, f64x2.lt(q, pivot));
    }
    store4(f, f64x2.max(f64x2.min(p, hi), lo), f64x2.max(f64x2.min(q, hi), lo), at, used);
    if (keep != 0) store32(keep + (at << 2), v, used);
    sums += pitch;
    at += step;
  }
}

/** Four whole f64 of 32 bits each as integers: beside 1.5 * 2^52, the low half of the mantissa is the integer. */
@inline
export function integers(low: v128, up: v128): v128 {
  const magic = f64x2.splat(6755399441055744);
  return v128.shuffle<i32>(f64x2.add(low, magic), f64x2.add(up, magic), 0, 2, 4, 6);
}

/** Stores `count` (1 to 4) of four f64 results from output value `at` on. */
@inline
export function store4(f: Finish, low: v128, up: v128, at: i32, count: i32): void {
  if (f.size == 8) {
    let p: usize = f.output + (at << 3);
    // A sum with zero turns -0 into 0.
    const zero = f64x2.splat(0);
    store64(p, f64x2.add(low, zero), f64x2.add(up, zero), count);
    return;
  }
  const ints = integers(low, up);
  if (f.size == 1) {
    const words = i16x8.narrow_i32x4_s(ints, ints);
    store8(f.output + at, i8x16.narrow_i16x8_u(words, words), count);
  } else store32(f.output + (at << 2), ints, count);
}

@inline
function store8(p: usize, v: v128, count: i32): void {
  if (count >= 4) {
    v128.store_lane<i32>(p, v, 0);
    return;
  }
  store<u8>(p, v128.extract_lane<u8>(v, 0));
  if (count > 1) store<u8>(p, v128.extract_lane<u8>(v, 1), 1);
  if (count > 2) store<u8>(p, v128.extract_lane<u8>(v, 2), 2);
}

@inline
export function store32(p: usize, v: v128, count: i32): void {
  if (count >= 4) {
    v128.store(p, v);
    return;
  }
  store<i32>(p, v128.extract_lane<i32>(v, 0));
  if (count > 1) store<i32>(p, v128.extract_lane<i32>(v, 1), 4);
  if (count > 2) store<i32>(p, v128.extract_lane<i32>(v, 2), 8);
}

@inline
function store64(p: usize, low: v128, high: v128, count: i32): void {
  store<f64>(p, v128.extract_lane<f64>(low, 0));
  if (count > 1) store<f64>(p, v128.extract_lane<f64>(low, 1), 8);
  if (count > 2) store<f64>(p, v128.extract_lane<f64>(high, 0), 16);
  if (count > 3) store<f64>(p, v128.extract_lane<f64>(high, 1), 24);
}

/** Four values of 1 or 4 bytes, as integers of 32 bits. */
@inline
export function load4(p: usize, size: i32): v128 {
  return size == 1
    ? i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(p)))
    : v128.load(p);
}
