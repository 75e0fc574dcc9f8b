import type { WindowAttrs } from "../ir/graph.js";
import type { HwStream } from "../ir/hardware.js";
import { type HwBuilder, type NodeTypes } from "./define.js";
/**
 * Rows the line buffer holds: what one window spans and the step to the next; or, where that is more, what the last
 * window of a frame still needs and the first of the next one already does, so that frames follow without a gap.
 */
export declare function bufferRows(window: WindowAttrs, height: number, outHeight: number): number;
/** Input pixels of whole rows that the line buffer waits for before the output row of pixel `p`. */
export declare function windowNeeds(node: {
    readonly window: WindowAttrs;
}, { inputs, output }: NodeTypes, p: number): number;
/** Words of the input stream in the order the array takes them; see axis_window. */
export declare function slideWindow(hw: HwBuilder, window: WindowAttrs, from: HwStream, { inputs, output }: NodeTypes, { groups, repeat }: {
    groups: number;
    repeat: number;
}): HwStream;
/** Clocks of a frame behind axis_taps where each window keeps the array busy for `perWindow` clocks. */
export declare function tapsClocks(window: WindowAttrs, types: NodeTypes, perWindow: number): number;
/** Along one axis: tiles of the input, how a window of tiles slides over them, and where the first tap lies in it. */
interface AxisTiles {
    readonly tile: number;
    /** Outputs that one window of tiles completes. */
    readonly outs: number;
    readonly steps: number;
    readonly kernel: number;
    readonly stride: number;
    readonly lead: number;
    readonly offset: number;
}
/** Tiles of several pixels as the pixels of a smaller image with more channels, and the windows that slide over it. */
export interface Tiling {
    readonly window: WindowAttrs;
    readonly types: NodeTypes;
    /** Output pixels of a beat. */
    readonly pixels: number;
    readonly axes: readonly [AxisTiles, AxisTiles];
}
/** How beats of `pixels` input pixels meet the windows; undefined where the output would not come in whole beats. */
export declare function tiling(window: WindowAttrs, { inputs, output }: NodeTypes, pixels: number): Tiling | undefined;
/** Lanes of the block of tiles that one window of tiles reads. */
export declare const blockLanes: ({ window, types }: Tiling) => number;
/** A window of tiles that is always one tile: nothing to hold. */
export declare const isOneTile: ({ window, types: { inputs, output } }: Tiling) => boolean;
/** Numbers of pixels a beat, above 1, for an op that slides a window whose output pixels need `taps` values each. */
export declare function windowTiles(window: WindowAttrs, types: NodeTypes, taps: number): number[];
/**
 * The taps of all output pixels that a beat of several pixels completes: slices of `simd` taps, in each those of every
 * output pixel; see axis_taps and axis_pick. `beats`: clocks that the array behind it takes for each.
 */
export declare function tiledWindow(hw: HwBuilder, window: WindowAttrs, types: NodeTypes, t: Tiling, { simd, beats }: {
    simd: number;
    beats: number;
}): HwStream;
/**
 * All taps of a window at once, then in beats of `simd` taps, `repeat` times; see axis_taps and axis_replay. With
 * several pixels a beat, the windows of all output pixels side by side.
 */
export declare function parallelWindow(hw: HwBuilder, window: WindowAttrs, types: NodeTypes, { simd, repeat, pixels }: {
    simd: number;
    repeat: number;
    pixels: number;
}): HwStream;
export {};
