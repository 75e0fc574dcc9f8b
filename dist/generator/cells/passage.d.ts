import type { HwStream } from "../ir/hardware.js";
/**
 * Clocks of the first and the last beat of every pixel of a stream; beats between them pass at an even rate. What stands
 * behind the stream may take them later than they could come: `room` says from when on it has a place for them.
 */
export declare class Passage {
    #private;
    readonly beats: number;
    readonly first: Float64Array;
    readonly last: Float64Array;
    /** Clocks spent in registers on the longest way from the input. */
    fill: number;
    /** Beats at the end of a pixel that could come without a pause, however even the others are, and when they could. */
    burst: number;
    readonly burstFrom: Float64Array;
    /** Something has become later since the last pass. */
    moved: boolean;
    /** Clocks from which on there is a place for a beat, where beats may wait elsewhere until then; by beat. */
    readonly taken: Float64Array | undefined;
    /**
     * `waits`: beats that find no place wait in front of the stream's reader; those before them go on. `pixels`: of a
     * frame.
     */
    constructor(s: HwStream, frames: number, pixels: number, waits: boolean);
    get size(): number;
    /** Clock of beat `j` of the frame. */
    at(j: number): number;
    /** There is no place for beat `j` before `clock`. */
    hold(j: number, clock: number): void;
    /** No beat of pixel `p` passes before it. */
    free(p: number): number;
    /** Sets every pixel from the clock of the last beat of the one before. */
    set(fill: number, pixel: (p: number, before: number) => readonly [number, number]): void;
}
/** One instance in a walk over a design. */
export interface Step<P = Readonly<Record<string, number>>> {
    readonly params: P;
    readonly frames: number;
    readonly from: readonly Passage[];
    readonly to: readonly Passage[];
    /** Clocks between two output beats that the reader allows; 1 where it never refuses. */
    readonly pace: number;
    readonly fill: number;
    readonly room: number;
}
export declare const fillOf: ({ from, fill }: Step<unknown>) => number;
/** Cells whose output beats follow from equally many input beats each, or the other way round. Joins wait for all. */
export declare function evenly(step: Step<unknown>): void;
