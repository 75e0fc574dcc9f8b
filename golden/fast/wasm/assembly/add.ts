import { Finish, load4, store4 } from "./finish";

/**
 * clamp(floor(SUM_i x_i * multiplier[i] + bias[0])) over `length` values, in f64, which the caller has proven exact.
 * `f.multiplier` has one f64 an input. `inputs` lists address and size (1 or 4 bytes) of each of `count` inputs.
 */
export function add(f: Finish, inputs: usize, count: i32, length: i32): void {
  const bias = v128.load64_splat(f.bias);
  const lo = v128.load64_splat(f.limits);
  const hi = v128.load64_splat(f.limits, 8);
  for (let at = 0; at < length; at += 4) {
    let low = bias;
    let high = bias;
    for (let i = 0; i < count; i++) {
      const size = load<i32>(inputs + (i << 3), 4);
      const x = load4(load<i32>(inputs + (i << 3)) + at * size, size);
      const m = v128.load64_splat(f.multiplier + (i << 3));
      low = f64x2.add(low, f64x2.mul(f64x2.convert_low_i32x4_s(x), m));
      high = f64x2.add(high, f64x2.mul(f64x2.convert_low_i32x4_s(v128.shuffle<i32>(x, x, 2, 3, 2, 3)), m));
    }
    low = f64x2.max(f64x2.min(f64x2.floor(low), hi), lo);
    high = f64x2.max(f64x2.min(f64x2.floor(high), hi), lo);
    store4(f, low, high, at, length - at);
  }
}
