// Tensors as the beats of a stream, in text.
import type { HwStream } from "../ir/hardware.ts";
import type { IntTensor } from "../ir/tensor.ts";

/** Frames for the stand-alone test bench: what goes in and what the golden model says comes out. */
export interface Vectors {
  /** Stored input integers, HWC. */
  readonly images: readonly IntTensor[];
  /** By image, then by output in the order of the network's outputs. */
  readonly outputs: readonly (readonly IntTensor[])[];
  /** By image all tensors by name, accumulators too: then the bench checks every stream inside as well. */
  readonly inner?: readonly ReadonlyMap<string, IntTensor>[];
  /** Text about the choice of the frames. */
  readonly about?: string;
}

/**
 * A checksum of a frame on a stream: FNV-1a over the beats' 32-bit words, the lowest word first; lanes past the last
 * channel count as zero. The stand-alone bench computes the same.
 */
export function frameSum(t: IntTensor, s: HwStream): number {
  const { offset, shape } = s.tensor!;
  const moved = offset ? { ...t, data: Array.from(t.data, (v, i) => v + offset[i % shape[2]]!) } : t;
  const words = Math.ceil((s.lanes * s.laneBits) / 32);
  let sum = 0x811c9dc5;
  for (const beat of beatWords(moved, s, s.laneBits))
    for (let k = 0; k < words; k++) sum = Math.imul(sum ^ Number((beat >> BigInt(32 * k)) & 0xffffffffn), 0x01000193);
  return sum >>> 0;
}

/** The beats of one frame, lane 0 in the low bits, lanes of `laneBits` in two's complement; unused lanes are zero. */
export function beatWords(t: { readonly data: ArrayLike<number> }, s: HwStream, laneBits: number): bigint[] {
  const perPixel = s.beatsPerFrame / s.pixels;
  const words = new Array<bigint>(s.beatsPerFrame).fill(0n);
  for (let p = 0, i = 0; p < s.pixels; p++)
    for (let c = 0; c < s.channels; c++, i++) {
      const lane = BigInt.asUintN(laneBits, BigInt(t.data[i]!));
      words[p * perPixel + Math.floor(c / s.lanes)]! |= lane << BigInt((c % s.lanes) * laneBits);
    }
  return words;
}

/** $readmemh text: one word a line, all of the same length. */
export function hexLines(words: readonly bigint[], bits: number): string {
  const digits = Math.ceil(bits / 4);
  return `${words.map((w) => w.toString(16).padStart(digits, "0")).join("\n")}\n`;
}
