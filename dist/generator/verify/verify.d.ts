import { type Design } from "../../testbench/lib/index.js";
import type { SimulatorName } from "../../testbench/lib/simulators.js";
import type { HwGraph, HwStream } from "../ir/hardware.js";
import type { QuantizedNetwork } from "../ir/quantized.js";
import type { IntTensor } from "../ir/tensor.js";
export interface VerifyOptions {
    readonly sim: SimulatorName;
    readonly seed?: number;
    /** Probability that the source rests, and that the sink refuses, in a clock; 0 to below 1. */
    readonly sourceStall?: number;
    readonly sinkStall?: number;
    /** `mismatch`: a run that differs is repeated and leaves the waves around the first difference. */
    readonly waves?: "off" | "mismatch";
    readonly waveDir?: string;
    readonly onProgress?: (frames: number) => void;
    /** Compare the outputs alone: the design is the accelerator itself (a netlist), without ports for its streams. */
    readonly outputsOnly?: boolean;
}
/** The first value that differs, layers in the order of the network. */
export interface Mismatch {
    readonly tensor: string;
    readonly stream: string;
    readonly frame: number;
    readonly beat: number;
    readonly row: number;
    readonly column: number;
    readonly channel: number;
    readonly expected: number | string;
    readonly actual: number | string;
    readonly clock: number;
    readonly waves?: string;
}
export interface VerifyResult {
    readonly sim: SimulatorName;
    readonly seed: number;
    readonly frames: number;
    /** Values compared over all streams. */
    readonly values: number;
    readonly streams: number;
    readonly clocks: number;
    /** Clocks from the first input beat to the last output beat of the first frame, and to its first output beat. */
    readonly latency: number;
    readonly firstLatency: number;
    /** Clocks between the last beats of the last two frames where they are farthest apart; undefined for one frame. */
    readonly interval: number | undefined;
    /** The same at every compared stream; empty for one frame. */
    readonly intervals: readonly {
        readonly stream: string;
        readonly clocks: number;
    }[];
    readonly mismatch: Mismatch | undefined;
    /** Classes by the network's output, one a frame, as the hardware gave them. */
    readonly outputs: readonly (readonly number[])[];
}
/** Design of the emitted folder `dir` with its internal streams as ports. */
export declare function probeDesign(hw: HwGraph, dir: string, files: Iterable<string>): Design;
/** Beats of one tensor on a stream, one Uint32Array over all beats, lane 0 in the low bits, lanes of `laneBits`. */
export declare function packBeats(t: IntTensor, s: HwStream, laneBits?: number): Uint32Array;
export declare const mismatchText: (m: Mismatch) => string;
/**
 * Runs `images` (stored integers, HWC) back to back through the design and compares all watched streams.
 * Throws where the simulation itself fails (build, hang, protocol violation); a difference is a result.
 */
export declare function verify(net: QuantizedNetwork, hw: HwGraph, design: Design, images: readonly IntTensor[], options: VerifyOptions): Promise<VerifyResult>;
