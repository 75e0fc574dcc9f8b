import type { HwGraph, HwLatency, HwStream } from "../ir/hardware.js";
type Design = Pick<HwGraph, "blocks" | "input" | "outputs">;
/**
 * Clocks from the first beat of a frame that meets an empty design to the first and the last beat at its outputs, where
 * the source never rests and no sink refuses. Line buffers and FIFOs hold what they can; the single beats that other
 * cells hold count as none.
 */
export declare function latencyOf(g: Design): HwLatency;
/** A place where a FIFO may stand: the stream in front of it and the one behind it, the same one where there is none. */
export interface Door {
    readonly arrives: HwStream;
    readonly leaves: HwStream;
}
/**
 * Beats that must find room at each door so that a frame may come every `interval` clocks. A source at an even rate
 * makes a schedule in which every layer works as soon as it can; with room for all that waits in it, a design that
 * never rests is no slower.
 */
export declare function waitingAt(g: Design, interval: number, doors: readonly Door[]): number[];
export {};
