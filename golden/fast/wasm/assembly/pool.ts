// `pixels` lists, for every output position, `kernel` i32 pixel numbers of the map, -1 for a tap outside of it.
import { Finish, finish, load4 } from "./finish";

/** Largest unsigned byte under each window. Writes up to 15 bytes past the output's end. */
export function maxPool8(x: usize, to: usize, pixels: usize, kernel: i32, positions: i32, channels: i32): void {
  for (let p = 0; p < positions; p++) {
    const taps = pixels + ((p * kernel) << 2);
    // Positions in order, channels in order: a vector that reaches too far is overwritten by what belongs there.
    for (let c = 0; c < channels; c += 16) {
      let best = i32x4.splat(0);
      for (let t = 0; t < kernel; t++) {
        const pixel = load<i32>(taps + (t << 2));
        if (pixel >= 0) best = i8x16.max_u(best, v128.load(x + pixel * channels + c));
      }
      v128.store(to + p * channels + c, best);
    }
  }
}

/** The same for 32-bit integers. */
export function maxPool32(x: usize, to: usize, pixels: usize, kernel: i32, positions: i32, channels: i32): void {
  for (let p = 0; p < positions; p++) {
    const taps = pixels + ((p * kernel) << 2);
    for (let c = 0; c < channels; c += 4) {
      let best = i32x4.splat(i32.MIN_VALUE);
      for (let t = 0; t < kernel; t++) {
        const pixel = load<i32>(taps + (t << 2));
        if (pixel >= 0) best = i32x4.max_s(best, v128.load(x + ((pixel * channels + c) << 2)));
      }
      v128.store(to + ((p * channels + c) << 2), best);
    }
  }
}

/**
 * Sums of values of `size` bytes (1 unsigned or 4) under each window, `outside` for a tap that is not on the map, then
 * requantized. `keep`: where all sums go, or 0. `space`: 16 bytes to work in. `classes`: which set of
 * f.channels constants each position takes (i32), or 0 where there is one.
 */
export function averagePool(
  f: Finish,
  x: usize,
  size: i32,
  pixels: usize,
  kernel: i32,
  positions: i32,
  outside: i32,
  keep: i32,
  space: usize,
  classes: usize,
): void {
  for (let p = 0; p < positions; p++) {
    const taps = pixels + ((p * kernel) << 2);
    const first = classes == 0 ? 0 : load<i32>(classes + (p << 2)) * f.channels;
    for (let c = 0; c < f.channels; c += 4) {
      let sums = i32x4.splat(0);
      for (let t = 0; t < kernel; t++) {
        const pixel = load<i32>(taps + (t << 2));
        sums = i32x4.add(sums, pixel >= 0 ? load4(x + (pixel * f.channels + c) * size, size) : i32x4.splat(outside));
      }
      const at = p * f.channels + c;
      v128.store(space, sums);
      finish(f, space, 16, 1, first + c, at, f.channels - c, keep);
    }
  }
}

@inline
function argmax<T>(x: usize, to: usize, length: i32): void {
  let best = 0;
  let largest = load<T>(x);
  for (let i = 1; i < length; i++) {
    const v = load<T>(x + i * sizeof<T>());
    if (v > largest) {
      largest = v;
      best = i;
    }
  }
  store<i32>(to, best);
}

/** Index of the largest value, the lowest on a tie, as a 32-bit integer. */
export function argmax8(x: usize, to: usize, length: i32): void {
  argmax<u8>(x, to, length);
}

export function argmax32(x: usize, to: usize, length: i32): void {
  argmax<i32>(x, to, length);
}

export function argmax64(x: usize, to: usize, length: i32): void {
  argmax<f64>(x, to, length);
}
