// Sums to stored values: clamp(floor((sum * multiplier[c] + bias[c]) * step), lo, hi) in f64, which the caller has proven
// exact: no |sum * multiplier| + |bias| reaches 2^53, and the step is a power of two.

/** Words of 32 bits in this order. */
@unmanaged
export class Finish {
  /** f64, one a channel; readable up to three values beyond the last. */
  multiplier: i32;
  bias: i32;
  /** The second pair, for first results below the pivot; 0 where there is none. */
  multiplier2: i32;
  bias2: i32;
  /** f64: step, lo, hi, pivot. */
  limits: i32;
  output: i32;
  /** Bytes of a stored value: 1 unsigned, 4 signed, 8 f64. */
  size: i32;
  /** Values from one position of the output to the next. */
  channels: i32;
}

@inline
function scale(f: Finish, v: v128, at: i32): v128 {
  const step = v128.load64_splat(f.limits);
  let r = f64x2.floor(
    f64x2.mul(f64x2.add(f64x2.mul(v, v128.load(f.multiplier + at)), v128.load(f.bias + at)), step),
  );
  if (f.multiplier2 != 0) {
    const second = f64x2.floor(
      f64x2.mul(f64x2.add(f64x2.mul(v, v128.load(f.multiplier2 + at)), v128.load(f.bias2 + at)), step),
    );
    r = v128.bitselect(second, r, f64x2.lt(r, v128.load64_splat(f.limits, 24)));
  }
  return f64x2.max(f64x2.min(r, v128.load64_splat(f.limits, 16)), v128.load64_splat(f.limits, 8));
}

/** Stores `count` (1 to 4) results of the four sums, channels `channel` on, from output value `at` on. */
@inline
export function finish4(f: Finish, sums: v128, channel: i32, at: i32, count: i32): void {
  store4(
    f,
    scale(f, f64x2.convert_low_i32x4_s(sums), channel << 3),
    scale(f, f64x2.convert_low_i32x4_s(v128.shuffle<i32>(sums, sums, 2, 3, 2, 3)), (channel << 3) + 16),
    at,
    count,
  );
}

/** Stores `count` (1 to 4) of four f64 results from output value `at` on. */
@inline
export function store4(f: Finish, low: v128, high: v128, at: i32, count: i32): void {
  if (f.size == 8) {
    let p: usize = f.output + (at << 3);
    // A sum with zero turns -0 into 0.
    const zero = f64x2.splat(0);
    store64(p, f64x2.add(low, zero), f64x2.add(high, zero), count);
    return;
  }
  const ints = v128.shuffle<i32>(
    i32x4.trunc_sat_f64x2_s_zero(low),
    i32x4.trunc_sat_f64x2_s_zero(high),
    0,
    1,
    4,
    5,
  );
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
