import { Finish, finish4, load4 } from "./finish";

@inline
function requantize<T>(f: Finish, x: usize, positions: i32): void {
  const size = <i32>sizeof<T>();
  for (let p = 0; p < positions; p++)
    for (let c = 0; c < f.channels; c += 4) {
      const at = p * f.channels + c;
      finish4(f, load4(x + at * size, size), c, at, f.channels - c);
    }
}

/** Requantizes `positions` times `f.channels` unsigned bytes. */
export function requantize8(f: Finish, x: usize, positions: i32): void {
  requantize<u8>(f, x, positions);
}

/** The same for 32-bit integers. */
export function requantize32(f: Finish, x: usize, positions: i32): void {
  requantize<i32>(f, x, positions);
}
