import { Finish, finish, load4 } from "./finish";

/** Values widened at a time. */
const CHUNK: i32 = 64;

@inline
function requantize<T>(f: Finish, x: usize, positions: i32, space: usize): void {
  const size = <i32>sizeof<T>();
  for (let first = 0; first < positions; first += CHUNK) {
    const count = min(CHUNK, positions - first);
    for (let c = 0; c < f.channels; c += 4) {
      const at = first * f.channels + c;
      for (let i = 0; i < count; i++) v128.store(space + (i << 4), load4(x + (at + i * f.channels) * size, size));
      finish(f, space, 16, count, c, at, f.channels - c, 0);
    }
  }
}

/** Requantizes `positions` times `f.channels` unsigned bytes. `space`: 1024 bytes to work in. */
export function requantize8(f: Finish, x: usize, positions: i32, space: usize): void {
  requantize<u8>(f, x, positions, space);
}

/** The same for 32-bit integers. */
export function requantize32(f: Finish, x: usize, positions: i32, space: usize): void {
  requantize<i32>(f, x, positions, space);
}
