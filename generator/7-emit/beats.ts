// Tensors as the beats of a stream, in text.
import type { HwStream } from "../ir/hardware.ts";
import type { IntTensor } from "../ir/tensor.ts";

/** Frames for the stand-alone test bench: what goes in and what the golden model says comes out. */
export interface Vectors {
  /** Stored input integers, HWC. */
  readonly images: readonly IntTensor[];
  /** By image, then by output in the order of the network's outputs. */
  readonly outputs: readonly (readonly IntTensor[])[];
}

/** The beats of one frame, lane 0 in the low bits, lanes of `laneBits` in two's complement; unused lanes are zero. */
export function beatWords(t: IntTensor, s: HwStream, laneBits: number): bigint[] {
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
