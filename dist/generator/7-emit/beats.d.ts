import type { HwStream } from "../ir/hardware.js";
import type { IntTensor } from "../ir/tensor.js";
/** Frames for the stand-alone test bench: what goes in and what the golden model says comes out. */
export interface Vectors {
    /** Stored input integers, HWC. */
    readonly images: readonly IntTensor[];
    /** By image, then by output in the order of the network's outputs. */
    readonly outputs: readonly (readonly IntTensor[])[];
}
/** The beats of one frame, lane 0 in the low bits, lanes of `laneBits` in two's complement; unused lanes are zero. */
export declare function beatWords(t: IntTensor, s: HwStream, laneBits: number): bigint[];
/** $readmemh text: one word a line, all of the same length. */
export declare function hexLines(words: readonly bigint[], bits: number): string;
