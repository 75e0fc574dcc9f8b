// Values that are moved or looked up, not computed.

/**
 * Copies `count` runs of `bytes` bytes from `from + offsets[i]` (i32; a negative one leaves the target alone) to where
 * the last one went plus `pitch`, the first to `to`.
 */
export function copyRuns(from: usize, offsets: usize, count: i32, bytes: i32, to: usize, pitch: i32): void {
  for (let i = 0; i < count; i++) {
    const offset = load<i32>(offsets + (i << 2));
    if (offset >= 0) {
      const source = from + offset;
      let b = 0;
      for (; b + 16 <= bytes; b += 16) v128.store(to + b, v128.load(source + b));
      for (; b < bytes; b++) store<u8>(to + b, load<u8>(source + b));
    }
    to += pitch;
  }
}

/** Bytes looked up in a table of 256 bytes. */
export function table8(x: usize, to: usize, table: usize, length: i32): void {
  for (let i = 0; i < length; i++) store<u8>(to + i, load<u8>(table + load<u8>(x + i)));
}
