// Adder and multiply layers. Windows are gathered into rows of whole vectors, a tile of them at a time; two windows by
// four filters run through the inner loop together, so that a vector that is read serves two or four of them.
//
// SUM |x - w| = SUM x + SUM w - 2 SUM min(x, w): the first sum is the window's, the second a constant of the filter, and
// the third costs one instruction less a vector than a difference. Sums are taken modulo 2^32; the caller has proven that
// the results are below 2^31.
import { Finish, finish } from "./finish";
import { reduce1, reduce2, sumOf } from "./reduce";

/** Words of 32 bits in this order. */
@unmanaged
class Windows {
  /** The map inside its padding. */
  x: i32;
  /** Bytes from one output row or column to the next, in x. */
  rowStride: i32;
  columnStride: i32;
  groupStride: i32;
  rows: i32;
  columns: i32;
  groups: i32;
  /** Runs of bytes that make up a window: i32 offsets from its first byte, and the length of each run. */
  runs: i32;
  runCount: i32;
  runBytes: i32;
  /** Space for `tile` gathered windows of `patchBytes` bytes, a multiple of 16. */
  patches: i32;
  patchBytes: i32;
  tile: i32;
  /** Bytes of a window whose sums the lanes hold, a multiple of 16. */
  chunk: i32;
  /** Rows of patchBytes; `filters` rows a group, a multiple of 4, of which `used` count. */
  weights: i32;
  filters: i32;
  used: i32;
  /** i32 for each row of the weights, added to its sums. */
  constants: i32;
  /** Space for tile * filters sums of 32 bits. */
  sums: i32;
  /** Where all sums go, in the output's order, or 0. */
  keep: i32;
}

/** Distances of unsigned bytes. */
export function sad8(w: Windows, f: Finish): void {
  windows<u8>(w, f);
}

/** Distances of unsigned bytes, the smaller of which is never large. */
export function sad8Small(w: Windows, f: Finish): void {
  windows<i8>(w, f);
}

/** Distances of unsigned 16-bit integers. */
export function sad16(w: Windows, f: Finish): void {
  windows<u16>(w, f);
}

/** Products of signed 16-bit integers. */
export function mac16(w: Windows, f: Finish): void {
  windows<i16>(w, f);
}

@inline
function windows<T>(w: Windows, f: Finish): void {
  const positions = w.rows * w.columns;
  for (let first = 0; first < positions; first += w.tile) {
    const count = min(w.tile, positions - first);
    for (let group = 0; group < w.groups; group++) {
      gather<T>(w, first, count, group);
      compare<T>(w, count, group);
      const channel = group * w.used;
      for (let o = 0; o < w.used; o += 4)
        finish(
          f,
          w.sums + (o << 2),
          w.filters << 2,
          count,
          channel + o,
          first * f.channels + channel + o,
          w.used - o,
          w.keep,
        );
    }
  }
}

function gather<T>(w: Windows, first: i32, count: i32, group: i32): void {
  let y = first / w.columns;
  let x = first - y * w.columns;
  const taps = w.runCount * w.runBytes;
  for (let i = 0; i < count; i++) {
    const from: usize = w.x + y * w.rowStride + x * w.columnStride + group * w.groupStride;
    let to: usize = w.patches + i * w.patchBytes;
    // A copy may write past its end: what follows is written after it.
    for (let r = 0; r < w.runCount; r++) {
      const run = from + load<i32>(w.runs + (r << 2));
      v128.store(to, v128.load(run));
      for (let b = 16; b < w.runBytes; b += 16) v128.store(to + b, v128.load(run + b));
      to += w.runBytes;
    }
    if (taps < w.patchBytes) v128.store(to, i32x4.splat(0));
    if (++x == w.columns) {
      x = 0;
      y++;
    }
  }
}

function compare<T>(w: Windows, count: i32, group: i32): void {
  const pitch = w.filters << 2;
  // The window's own sum goes first into all of its results.
  for (let i = 0; i < count; i++) {
    const own = isSigned<T>() && sizeof<T>() == 2 ? i32x4.splat(0) : i32x4.splat(sumOf<T>(w.patches + i * w.patchBytes, w.patchBytes));
    for (let o = 0; o < w.filters; o += 4)
      v128.store(
        w.sums + i * pitch + (o << 2),
        i32x4.add(own, v128.load(w.constants + ((group * w.filters + o) << 2))),
      );
  }
  for (let o = 0; o < w.filters; o += 4) {
    const rows: usize = w.weights + (group * w.filters + o) * w.patchBytes;
    let patch: usize = w.patches;
    let sums: usize = w.sums + (o << 2);
    let i = 0;
    for (; i + 2 <= count; i += 2) {
      reduce2<T>(patch, rows, w.patchBytes, w.chunk, sums, pitch);
      patch += w.patchBytes << 1;
      sums += pitch << 1;
    }
    if (i < count) reduce1<T>(patch, rows, w.patchBytes, w.chunk, sums);
  }
}
