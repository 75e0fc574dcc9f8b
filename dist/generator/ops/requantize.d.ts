import type { HwStream } from "../ir/hardware.js";
import type { Requant } from "../ir/quantized.js";
import type { EdgeType, IntRange } from "../ir/tensor.js";
import { type HwBuilder } from "./define.js";
/** Lanes of a requantize step behind `lanes` accumulators of `channels`: the fewest that keep up with `clocks` a pixel. */
export declare function requantLanes(lanes: number, channels: number, clocks: number): number;
/** The same behind accumulators of `pixels` whole pixels; the lanes are part of a pixel or whole ones. */
export declare function requantTileLanes(pixels: number, channels: number, clocks: number): number;
/** Splits a sum of at most two signed powers of two; undefined for any other number. */
export declare function twoTerms(v: number): [number, number] | undefined;
/**
 * Clocks between the beats of a requantize step where `beats` of them share what comes every `clocks` clocks. One clock
 * of a shared interval stays free, in which the serializer takes what comes next.
 */
export declare const requantInterval: (clocks: number, beats: number) => number;
/**
 * The same results for accumulators that are offset[c] too large in channel c: (a + o)*M + (b - o*M) = a*M + b.
 * Undefined where a number would not hold a constant exactly.
 */
export declare function behindOffset(q: Requant, offset: readonly number[]): Requant | undefined;
/**
 * Adds the requantize cell behind `from` (accumulators of `range`) and gives the stream of `name`'s edge. `interval`:
 * clocks between beats at full rate; the longer it is, the fewer places the cell's output FIFO has.
 */
export declare function requantize(hw: HwBuilder, q: Requant, range: IntRange, from: HwStream, name: string, edge: EdgeType, interval?: number): HwStream;
