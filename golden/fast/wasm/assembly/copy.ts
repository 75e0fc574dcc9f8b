// The input map inside its padding. The border is filled once: every frame writes the same inner part.

/** Copies `rows` rows of `bytes` bytes that lie `pitch` bytes apart in `to`. */
export function copyRows8(from: usize, to: usize, rows: i32, bytes: i32, pitch: i32): void {
  for (let y = 0; y < rows; y++) memory.copy(to + y * pitch, from + y * bytes, bytes);
}

/** Rows of `count` unsigned bytes as 16-bit integers less `offset`. */
export function copyRows8To16(from: usize, to: usize, rows: i32, count: i32, pitch: i32, offset: i32): void {
  for (let y = 0; y < rows; y++) {
    const source = from + y * count;
    const target = to + y * pitch;
    for (let i = 0; i < count; i++) store<i16>(target + (i << 1), <i16>(<i32>load<u8>(source + i) - offset));
  }
}

/** Rows of `count` 32-bit integers as 16-bit integers less `offset`. */
export function copyRows32To16(from: usize, to: usize, rows: i32, count: i32, pitch: i32, offset: i32): void {
  for (let y = 0; y < rows; y++) {
    const source = from + ((y * count) << 2);
    const target = to + y * pitch;
    for (let i = 0; i < count; i++) store<i16>(target + (i << 1), <i16>(load<i32>(source + (i << 2)) - offset));
  }
}
