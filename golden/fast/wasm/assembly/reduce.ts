// The innermost loops. T is the type of a tap: u8 and u16 take minima, i16 products. i8 stands for bytes, unsigned too, so
// small that sums of minima stay in lanes of 8 bits: an instruction less a vector.

@inline
function products<T>(): bool {
  return isSigned<T>() && sizeof<T>() == 2;
}

@inline
function small<T>(): bool {
  return isSigned<T>() && sizeof<T>() == 1;
}

/** acc + the vector's contribution, in lanes of 8 bits for small bytes, of 16 for bytes and of 32 otherwise. */
@inline
function step<T>(acc: v128, x: v128, w: v128): v128 {
  if (products<T>()) return i32x4.add(acc, i32x4.dot_i16x8_s(x, w));
  if (small<T>()) return i8x16.add(acc, i8x16.min_u(x, w));
  if (sizeof<T>() == 1) return i16x8.add(acc, i16x8.extadd_pairwise_i8x16_u(i8x16.min_u(x, w)));
  return i32x4.add(acc, i32x4.extadd_pairwise_i16x8_u(i16x8.min_u(x, w)));
}

@inline
function widen<T>(acc: v128): v128 {
  if (sizeof<T>() == 2) return acc;
  return i32x4.extadd_pairwise_i16x8_u(small<T>() ? i16x8.extadd_pairwise_i8x16_u(acc) : acc);
}

/** [sum of a's lanes, of b's, of c's, of d's] */
@inline
function sums4<T>(a: v128, b: v128, c: v128, d: v128): v128 {
  a = widen<T>(a);
  b = widen<T>(b);
  c = widen<T>(c);
  d = widen<T>(d);
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 1, 4, 5), v128.shuffle<i32>(a, b, 2, 3, 6, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 1, 4, 5), v128.shuffle<i32>(c, d, 2, 3, 6, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 2, 4, 6), v128.shuffle<i32>(ab, cd, 1, 3, 5, 7));
}

@inline
function accumulate<T>(to: usize, v: v128): void {
  const old = v128.load(to);
  v128.store(to, products<T>() ? i32x4.add(old, v) : i32x4.sub(old, i32x4.shl(v, 1)));
}

/**
 * Two windows, `bytes` apart at x, against four rows of weights; adds to four sums at `to` and four at `to + pitch`. A
 * lane holds the sum of `chunk` bytes.
 */
export function reduce2<T>(x: usize, w: usize, bytes: i32, chunk: i32, to: usize, pitch: i32): void {
  for (let from = 0; from < bytes; from += chunk) {
    let a0 = i32x4.splat(0);
    let a1 = i32x4.splat(0);
    let a2 = i32x4.splat(0);
    let a3 = i32x4.splat(0);
    let b0 = i32x4.splat(0);
    let b1 = i32x4.splat(0);
    let b2 = i32x4.splat(0);
    let b3 = i32x4.splat(0);
    let px = x + from;
    let py = px + bytes;
    let w0 = w + from;
    let w1 = w0 + bytes;
    let w2 = w1 + bytes;
    let w3 = w2 + bytes;
    const end = px + min(chunk, bytes - from);
    while (px < end) {
      const p = v128.load(px);
      const q = v128.load(py);
      let v = v128.load(w0);
      a0 = step<T>(a0, p, v);
      b0 = step<T>(b0, q, v);
      v = v128.load(w1);
      a1 = step<T>(a1, p, v);
      b1 = step<T>(b1, q, v);
      v = v128.load(w2);
      a2 = step<T>(a2, p, v);
      b2 = step<T>(b2, q, v);
      v = v128.load(w3);
      a3 = step<T>(a3, p, v);
      b3 = step<T>(b3, q, v);
      px += 16;
      py += 16;
      w0 += 16;
      w1 += 16;
      w2 += 16;
      w3 += 16;
    }
    accumulate<T>(to, sums4<T>(a0, a1, a2, a3));
    accumulate<T>(to + pitch, sums4<T>(b0, b1, b2, b3));
  }
}

/** One window against four rows of weights; adds to four sums at `to`. */
export function reduce1<T>(x: usize, w: usize, bytes: i32, chunk: i32, to: usize): void {
  for (let from = 0; from < bytes; from += chunk) {
    let a0 = i32x4.splat(0);
    let a1 = i32x4.splat(0);
    let a2 = i32x4.splat(0);
    let a3 = i32x4.splat(0);
    let px = x + from;
    let w0 = w + from;
    let w1 = w0 + bytes;
    let w2 = w1 + bytes;
    let w3 = w2 + bytes;
    const end = px + min(chunk, bytes - from);
    while (px < end) {
      const p = v128.load(px);
      a0 = step<T>(a0, p, v128.load(w0));
      a1 = step<T>(a1, p, v128.load(w1));
      a2 = step<T>(a2, p, v128.load(w2));
      a3 = step<T>(a3, p, v128.load(w3));
      px += 16;
      w0 += 16;
      w1 += 16;
      w2 += 16;
      w3 += 16;
    }
    accumulate<T>(to, sums4<T>(a0, a1, a2, a3));
  }
}

/** Sum of the taps of one window, modulo 2^32. */
export function sumOf<T>(x: usize, bytes: i32): i32 {
  let sum = i32x4.splat(0);
  for (let at = 0; at < bytes; at += 16) {
    const v = v128.load(x + at);
    sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_u(sizeof<T>() == 1 ? i16x8.extadd_pairwise_i8x16_u(v) : v));
  }
  return (
    v128.extract_lane<i32>(sum, 0) +
    v128.extract_lane<i32>(sum, 1) +
    v128.extract_lane<i32>(sum, 2) +
    v128.extract_lane<i32>(sum, 3)
  );
}
