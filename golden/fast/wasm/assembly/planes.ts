// Adder layers of few taps, as first layers are: gathering such windows would cost more than comparing them. The map lies
// in planes, one a channel, and a vector is the same tap of 16 neighbouring windows.
import { Finish, integers } from "./finish";

/** Words of 32 bits in this order. */
@unmanaged
class Planes {
  /** The first plane of the map inside its padding. */
  x: i32;
  /** Bytes from one output row to the next, in x. Columns are one byte apart. */
  rowStride: i32;
  rows: i32;
  columns: i32;
  /** i32 for each tap: from a window's first byte to the tap. No more than 257, so that 16 bits hold every sum. */
  offsets: i32;
  taps: i32;
  /** Pairs of filters: for each tap a byte of both. */
  weights: i32;
  filters: i32;
  /** i32 a filter: the sum of its weights. */
  constants: i32;
  /** 16 bytes to work in. */
  space: i32;
}

/** Copies a map of unsigned bytes into planes whose rows lie `pitch` and which themselves lie `plane` bytes apart. */
export function copyPlanes8(
  from: usize,
  to: usize,
  rows: i32,
  columns: i32,
  channels: i32,
  pitch: i32,
  plane: i32,
): void {
  if (channels == 1) {
    for (let y = 0; y < rows; y++) memory.copy(to + y * pitch, from + y * columns, columns);
    return;
  }
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      for (let c = 0; c < channels; c++)
        store<u8>(to + c * plane + y * pitch + x, load<u8>(from + (y * columns + x) * channels + c));
}

/** Distances of unsigned bytes. The output's values are bytes. */
export function sadPlanes8(w: Planes, f: Finish): void {
  for (let y = 0; y < w.rows; y++)
    for (let x = 0; x < w.columns; x += 16) {
      const base: usize = w.x + y * w.rowStride + x;
      const end: usize = w.offsets + (w.taps << 2);
      const to: usize = f.output + (y * w.columns + x) * f.channels;
      const count = min(16, w.columns - x);
      let low = i32x4.splat(0);
      let high = i32x4.splat(0);
      for (let t: usize = w.offsets; t < end; t += 4) {
        const v = v128.load(base + load<i32>(t));
        low = i16x8.add(low, i16x8.extend_low_i8x16_u(v));
        high = i16x8.add(high, i16x8.extend_high_i8x16_u(v));
      }
      let k: usize = w.weights;
      for (let o = 0; o < w.filters; o += 2) {
        let a = i32x4.splat(0);
        let b = i32x4.splat(0);
        let c = i32x4.splat(0);
        let d = i32x4.splat(0);
        for (let t: usize = w.offsets; t < end; t += 4) {
          const v = v128.load(base + load<i32>(t));
          let m = i8x16.min_u(v, v128.load8_splat(k));
          a = i16x8.add(a, i16x8.extend_low_i8x16_u(m));
          b = i16x8.add(b, i16x8.extend_high_i8x16_u(m));
          m = i8x16.min_u(v, v128.load8_splat(k, 1));
          c = i16x8.add(c, i16x8.extend_low_i8x16_u(m));
          d = i16x8.add(d, i16x8.extend_high_i8x16_u(m));
          k += 2;
        }
        store16(w, f, o, sums(w, o, low, a), sums(w, o, high, b), to, count);
        if (o + 1 < f.channels) store16(w, f, o + 1, sums(w, o + 1, low, c), sums(w, o + 1, high, d), to, count);
      }
    }
}

/** SUM x + SUM w - 2 SUM min, modulo 2^16. */
@inline
function sums(w: Planes, o: i32, own: v128, minima: v128): v128 {
  const constant = i16x8.splat(<i16>load<i32>(w.constants + (o << 2)));
  return i16x8.sub(i16x8.add(own, constant), i16x8.shl(minima, 1));
}

/** Four results of unsigned sums, as 32-bit integers. */
@inline
function scale4(f: Finish, x: v128, o: i32): v128 {
  const at = o << 3;
  const m = v128.load64_splat(f.multiplier + at);
  const b = v128.load64_splat(f.bias + at);
  const lo = v128.load64_splat(f.limits);
  const hi = v128.load64_splat(f.limits, 8);
  const x0 = f64x2.convert_low_i32x4_s(x);
  const x1 = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(x, x, 2, 3, 2, 3));
  let p = f64x2.floor(f64x2.add(f64x2.mul(x0, m), b));
  let q = f64x2.floor(f64x2.add(f64x2.mul(x1, m), b));
  if (f.multiplier2 != 0) {
    const m2 = v128.load64_splat(f.multiplier2 + at);
    const b2 = v128.load64_splat(f.bias2 + at);
    const pivot = v128.load64_splat(f.limits, 16);
    p = v128.bitselect(f64x2.floor(f64x2.add(f64x2.mul(x0, m2), b2)), p, f64x2.lt(p, pivot));
    q = v128.bitselect(f64x2.floor(f64x2.add(f64x2.mul(x1, m2), b2)), q, f64x2.lt(q, pivot));
  }
  return integers(f64x2.max(f64x2.min(p, hi), lo), f64x2.max(f64x2.min(q, hi), lo));
}

/** Stores the results of 16 windows (`count` of them count) for channel `o`, the first pixel's channels being at `to`. */
function store16(w: Planes, f: Finish, o: i32, low: v128, high: v128, to: usize, count: i32): void {
  const r0 = i16x8.narrow_i32x4_s(
    scale4(f, i32x4.extend_low_i16x8_u(low), o),
    scale4(f, i32x4.extend_high_i16x8_u(low), o),
  );
  const r1 = i16x8.narrow_i32x4_s(
    scale4(f, i32x4.extend_low_i16x8_u(high), o),
    scale4(f, i32x4.extend_high_i16x8_u(high), o),
  );
  const space: usize = w.space;
  v128.store(space, i8x16.narrow_i16x8_u(r0, r1));
  let p = to + o;
  for (let i = 0; i < count; i++) {
    store<u8>(p, load<u8>(space + i));
    p += f.channels;
  }
}
