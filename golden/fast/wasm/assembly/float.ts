// The float reference's sums in f64. Two filters share a vector, so that every sum adds its taps in the order of the
// plain loop: results are the same to the last bit.

/** acc less |x - w|, or plus x * w. */
@inline
function step(distance: bool, acc: v128, x: v128, w: v128): v128 {
  return distance ? f64x2.sub(acc, f64x2.abs(f64x2.sub(x, w))) : f64x2.add(acc, f64x2.mul(x, w));
}

@inline
function windows(distance: bool, x: usize, count: i32, taps: i32, weights: usize, blocks: i32, to: usize): void {
  const bytes = taps << 3;
  const pitch = blocks << 6;
  for (let block = 0; block < blocks; block++) {
    const first = weights + (((block * taps) << 3) << 3);
    let i = 0;
    for (; i + 2 <= count; i += 2) {
      let p: usize = x + i * bytes;
      let w: usize = first;
      let a0 = f64x2.splat(0);
      let a1 = f64x2.splat(0);
      let a2 = f64x2.splat(0);
      let a3 = f64x2.splat(0);
      let b0 = f64x2.splat(0);
      let b1 = f64x2.splat(0);
      let b2 = f64x2.splat(0);
      let b3 = f64x2.splat(0);
      const end = p + bytes;
      while (p < end) {
        const u = v128.load64_splat(p);
        const v = v128.load64_splat(p + bytes);
        let k = v128.load(w);
        a0 = step(distance, a0, u, k);
        b0 = step(distance, b0, v, k);
        k = v128.load(w, 16);
        a1 = step(distance, a1, u, k);
        b1 = step(distance, b1, v, k);
        k = v128.load(w, 32);
        a2 = step(distance, a2, u, k);
        b2 = step(distance, b2, v, k);
        k = v128.load(w, 48);
        a3 = step(distance, a3, u, k);
        b3 = step(distance, b3, v, k);
        p += 8;
        w += 64;
      }
      const out = to + i * pitch + (block << 6);
      v128.store(out, a0);
      v128.store(out, a1, 16);
      v128.store(out, a2, 32);
      v128.store(out, a3, 48);
      v128.store(out + pitch, b0);
      v128.store(out + pitch, b1, 16);
      v128.store(out + pitch, b2, 32);
      v128.store(out + pitch, b3, 48);
    }
    if (i < count) {
      let p: usize = x + i * bytes;
      let w: usize = first;
      let a0 = f64x2.splat(0);
      let a1 = f64x2.splat(0);
      let a2 = f64x2.splat(0);
      let a3 = f64x2.splat(0);
      const end = p + bytes;
      while (p < end) {
        const u = v128.load64_splat(p);
        a0 = step(distance, a0, u, v128.load(w));
        a1 = step(distance, a1, u, v128.load(w, 16));
        a2 = step(distance, a2, u, v128.load(w, 32));
        a3 = step(distance, a3, u, v128.load(w, 48));
        p += 8;
        w += 64;
      }
      const out = to + i * pitch + (block << 6);
      v128.store(out, a0);
      v128.store(out, a1, 16);
      v128.store(out, a2, 32);
      v128.store(out, a3, 48);
    }
  }
}

/**
 * -SUM |x - w| of `count` windows of `taps` f64 with all filters. `weights`: blocks of eight filters, in each block eight
 * values a tap. `to`: for each window, eight sums a block.
 */
export function distance64(x: usize, count: i32, taps: i32, weights: usize, blocks: i32, to: usize): void {
  windows(true, x, count, taps, weights, blocks, to);
}

/** SUM x * w, likewise. */
export function product64(x: usize, count: i32, taps: i32, weights: usize, blocks: i32, to: usize): void {
  windows(false, x, count, taps, weights, blocks, to);
}
