// The line buffer in front of every op that slides a window.
import { gcd } from "../../golden/arith/index.ts";
import { axisPick } from "../cells/axis_pick.ts";
import { axisReplay } from "../cells/axis_replay.ts";
import { axisTaps } from "../cells/axis_taps.ts";
import { axisWindow } from "../cells/axis_window.ts";
import type { WindowAttrs } from "../ir/graph.ts";
import type { HwStream } from "../ir/hardware.ts";
import { type HwBuilder, type NodeTypes, pixelsOf, TILE_BITS, tiles } from "./define.ts";

/**
 * Rows the line buffer holds: what one window spans and the step to the next; or, where that is more, what the last
 * window of a frame still needs and the first of the next one already does, so that frames follow without a gap.
 */
function bufferRows(window: WindowAttrs, height: number, outHeight: number): number {
  const [top] = window.padding;
  const span = (window.kernel[0] - 1) * window.dilation[0] + 1;
  const lastTop = Math.min(height - 1, Math.max(0, (outHeight - 1) * window.stride[0] - top));
  const tail = height - lastTop;
  const head = Math.min(height, Math.max(1, span - top));
  const within = Math.min(span, height) + Math.min(window.stride[0], height);
  // One row more lets a producer that is no faster than the array write ahead, also where two whole frames are held.
  return Math.max(2, Math.min(2 * height, Math.max(within, tail + head)) + 1);
}

/** Input pixels of whole rows that the line buffer waits for before the output row of pixel `p`. */
export function windowNeeds(node: { readonly window: WindowAttrs }, { inputs, output }: NodeTypes, p: number): number {
  const { window } = node;
  const [height, width] = inputs[0]!.shape;
  const row = Math.floor(p / output.shape[1]);
  const span = (window.kernel[0] - 1) * window.dilation[0] + 1;
  return Math.max(0, Math.min(height, row * window.stride[0] - window.padding[0] + span)) * width;
}

/** Words of the input stream in the order the array takes them; see axis_window. */
export function slideWindow(
  hw: HwBuilder,
  window: WindowAttrs,
  from: HwStream,
  { inputs, output }: NodeTypes,
  { groups, repeat }: { groups: number; repeat: number },
): HwStream {
  const x = inputs[0]!;
  const [kh, kw] = window.kernel;
  const words = x.shape[2] / from.lanes;
  const rows = bufferRows(window, x.shape[0], output.shape[0]);
  hw.fact(
    "window",
    `line buffer of ${rows} row${rows === 1 ? "" : "s"}, ${rows * x.shape[1] * words} words of ${from.lanes * from.laneBits} bits`,
  );
  return hw.through(
    "window",
    axisWindow,
    {
      IN_H: x.shape[0],
      IN_W: x.shape[1],
      WORDS: words,
      GROUPS: groups,
      REPEAT: repeat,
      KH: kh,
      KW: kw,
      SH: window.stride[0],
      SW: window.stride[1],
      DH: window.dilation[0],
      DW: window.dilation[1],
      PAD_T: window.padding[0],
      PAD_L: window.padding[1],
      OUT_H: output.shape[0],
      OUT_W: output.shape[1],
      // Nothing is padded where no integer means zero.
      PAD_VALUE: Math.floor(x.zeroPoint),
      SIMD: from.lanes,
      BITS: from.laneBits,
      ROWS: rows,
    },
    from,
    {
      lanes: from.lanes,
      laneBits: from.laneBits,
      signed: false,
      channels: from.lanes,
      pixels: pixelsOf(output),
      beatsPerFrame: pixelsOf(output) * groups * repeat * kh * kw * (words / groups),
    },
  );
}

/** Positions of the padded image that axis_taps walks through, and those before its first window. */
function tapsSteps(window: WindowAttrs, { inputs, output }: NodeTypes) {
  const axis = (a: 0 | 1) => {
    const span = (window.kernel[a] - 1) * window.dilation[a] + 1;
    const need = (output.shape[a] - 1) * window.stride[a] + span;
    const lead = window.padding[a];
    const inside = inputs[0]!.shape[a];
    return { span, need, inside, steps: Math.max(need, lead + inside) };
  };
  const [y, x] = [axis(0), axis(1)];
  const first = (y.span - 1) * x.steps + x.span - 1;
  const last = (y.need - 1) * x.steps + x.need - 1;
  const steps = y.steps * x.steps;
  return {
    /** Of a frame. */
    steps,
    /** From one window to the next in a row, from a row's last to the next row's first, over the frame's end. */
    within: window.stride[1],
    row: window.stride[0] * x.steps - (output.shape[1] - 1) * window.stride[1],
    frame: steps - (last - first),
    /** Positions one after another, over the frame's end, that take no input. */
    idle: steps - ((y.inside - 1) * x.steps + x.inside),
  };
}

/** Clocks of a frame behind axis_taps where each window keeps the array busy for `perWindow` clocks. */
export function tapsClocks(window: WindowAttrs, types: NodeTypes, perWindow: number): number {
  const [rows, columns] = types.output.shape;
  const s = tapsSteps(window, types);
  return (
    rows * (columns - 1) * Math.max(perWindow, s.within) +
    (rows - 1) * Math.max(perWindow, s.row) +
    Math.max(perWindow, s.frame)
  );
}

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

function axisTiles(
  [kernel, stride, dilation, lead]: readonly [number, number, number, number],
  [size, outSize]: readonly [number, number],
  tile: number,
  whole: boolean,
): AxisTiles | undefined {
  // One tile is the whole axis: what lies outside is padding, no other tile.
  if (whole) return { tile, outs: outSize, steps: 1, kernel: 1, stride: 1, lead: 0, offset: -lead };
  const outs = tile / gcd(tile, stride);
  const before = Math.ceil(lead / tile);
  const offset = before * tile - lead;
  const last = Math.floor((offset + (outs - 1) * stride + (kernel - 1) * dilation) / tile);
  if (outSize % outs !== 0) return undefined;
  return { tile, outs, steps: size / tile, kernel: last + 1, stride: (outs * stride) / tile, lead: before, offset };
}

/** How beats of `pixels` input pixels meet the windows; undefined where the output would not come in whole beats. */
export function tiling(window: WindowAttrs, { inputs, output }: NodeTypes, pixels: number): Tiling | undefined {
  const x = inputs[0]!;
  const [height, width, channels] = x.shape;
  const columns = Math.min(pixels, width);
  const rows = pixels / columns;
  const axis = (a: 0 | 1, tile: number, whole: boolean) =>
    axisTiles(
      [window.kernel[a], window.stride[a], window.dilation[a], window.padding[a]],
      [x.shape[a], output.shape[a]],
      tile,
      whole,
    );
  // Parts of a row leave one row at a time, in raster order.
  const down = axis(0, rows, rows === height && columns === width);
  const right = axis(1, columns, columns === width);
  if (!down || !right) return undefined;
  const grid = (t: NodeTypes["output"], shape: readonly [number, number, number]) => ({ ...t, shape });
  const outs = down.outs * right.outs;
  return {
    window: {
      ...window,
      kernel: [down.kernel, right.kernel],
      stride: [down.stride, right.stride],
      dilation: [1, 1],
      padding: [down.lead, right.lead, 0, 0],
    },
    types: {
      inputs: [grid(x, [down.steps, right.steps, pixels * channels])],
      output: grid(output, [output.shape[0] / down.outs, output.shape[1] / right.outs, outs * output.shape[2]]),
    },
    pixels: outs,
    axes: [down, right],
  };
}

/** Lanes of the block of tiles that one window of tiles reads. */
export const blockLanes = ({ window, types }: Tiling): number =>
  window.kernel[0] * window.kernel[1] * types.inputs[0]!.shape[2];

/** A window of tiles that is always one tile: nothing to hold. */
export const isOneTile = ({ window, types: { inputs, output } }: Tiling): boolean =>
  [...window.kernel, ...window.stride].every((n) => n === 1) &&
  window.padding.every((n) => n === 0) &&
  pixelsOf(inputs[0]!) === pixelsOf(output);

/** Numbers of pixels a beat, above 1, for an op that slides a window whose output pixels need `taps` values each. */
export function windowTiles(window: WindowAttrs, types: NodeTypes, taps: number): number[] {
  const x = types.inputs[0]!;
  return tiles(x.shape, x.bits * x.shape[2]).filter((n) => {
    const t = tiling(window, types, n);
    return t && t.pixels * taps * x.bits <= TILE_BITS && blockLanes(t) * x.bits <= TILE_BITS;
  });
}

/**
 * The taps of all output pixels that a beat of several pixels completes: slices of `simd` taps, in each those of every
 * output pixel; see axis_taps and axis_pick. `beats`: clocks that the array behind it takes for each.
 */
export function tiledWindow(
  hw: HwBuilder,
  window: WindowAttrs,
  types: NodeTypes,
  t: Tiling,
  { simd, beats }: { simd: number; beats: number },
): HwStream {
  const x = types.inputs[0]!;
  const [down, right] = t.axes;
  const tile = t.types.inputs[0]!.shape[2];
  const block = isOneTile(t)
    ? hw.input(0, tile)
    : allTaps(hw, t.window, hw.input(0, tile, gathered(t, beats)), t.types);
  const slices = Math.ceil((window.kernel[0] * window.kernel[1] * x.shape[2]) / simd);
  const lanes = slices * simd * t.pixels;
  const pixels = pixelsOf(t.types.output);
  return hw.through(
    "pick",
    axisPick,
    {
      CHANNELS: x.shape[2],
      BITS: block.laneBits,
      TILE_H: down.tile,
      TILE_W: right.tile,
      TILES_H: down.kernel,
      TILES_W: right.kernel,
      KH: window.kernel[0],
      KW: window.kernel[1],
      SH: window.stride[0],
      SW: window.stride[1],
      DH: window.dilation[0],
      DW: window.dilation[1],
      SKIP_Y: Math.max(0, down.offset),
      SKIP_X: Math.max(0, right.offset),
      PAD_Y: Math.max(0, -down.offset),
      PAD_X: Math.max(0, -right.offset),
      OUT_H: down.outs,
      OUT_W: right.outs,
      SIMD: simd,
      PAD_VALUE: Math.floor(x.zeroPoint),
    },
    block,
    { laneBits: block.laneBits, signed: false, lanes, channels: lanes, pixels, beatsPerFrame: pixels },
  );
}

/** Tiles of the next frame that gather while padding goes by, or while the array works on this frame; see parallelWindow. */
function gathered({ window, types }: Tiling, beats: number): number {
  const { frame, idle } = tapsSteps(window, types);
  return Math.min(Math.max(beats > 1 ? frame : 0, idle), pixelsOf(types.inputs[0]!));
}

/** All taps of a window side by side in registers. */
function allTaps(hw: HwBuilder, window: WindowAttrs, from: HwStream, { inputs, output }: NodeTypes): HwStream {
  const x = inputs[0]!;
  const [kh, kw] = window.kernel;
  const taps = kh * kw * from.lanes;
  const pixels = pixelsOf(output);
  return hw.through(
    "window",
    axisTaps,
    {
      IN_H: x.shape[0],
      IN_W: x.shape[1],
      CHANNELS: from.lanes,
      BITS: from.laneBits,
      KH: kh,
      KW: kw,
      SH: window.stride[0],
      SW: window.stride[1],
      DH: window.dilation[0],
      DW: window.dilation[1],
      PAD_T: window.padding[0],
      PAD_L: window.padding[1],
      OUT_H: output.shape[0],
      OUT_W: output.shape[1],
      // Nothing is padded where no integer means zero.
      PAD_VALUE: Math.floor(x.zeroPoint),
    },
    from,
    { laneBits: from.laneBits, signed: false, pixels, lanes: taps, channels: taps, beatsPerFrame: pixels },
  );
}

/**
 * All taps of a window at once, then in beats of `simd` taps, `repeat` times; see axis_taps and axis_replay. With
 * several pixels a beat, the windows of all output pixels side by side.
 */
export function parallelWindow(
  hw: HwBuilder,
  window: WindowAttrs,
  types: NodeTypes,
  { simd, repeat, pixels }: { simd: number; repeat: number; pixels: number },
): HwStream {
  const t = pixels > 1 ? tiling(window, types, pixels)! : undefined;
  const taps = window.kernel[0] * window.kernel[1] * types.inputs[0]!.shape[2];
  const beats = Math.ceil(taps / simd) * repeat;
  const side = t ? `${t.pixels} window${t.pixels === 1 ? "" : "s"} side by side, ` : "";
  hw.fact("window", `${side}all ${taps} taps at once, then ${simd} a beat${repeat > 1 ? `, ${repeat} times` : ""}`);
  // Pixels of the next frame gather while the array works on this one: those before the first window cost no time then.
  // They gather as well while the walk is in the margin, where a slower producer would make it wait afterwards.
  const { frame, steps } = tapsSteps(window, types);
  const arriving = pixelsOf(types.inputs[0]!);
  const depth = beats > 1 || steps > arriving ? Math.min(frame, arriving) : 0;
  const all = t
    ? tiledWindow(hw, window, types, t, { simd, beats })
    : allTaps(hw, window, hw.input(0, types.inputs[0]!.shape[2], depth), types);
  if (beats === 1) return all;
  const lanes = simd * (t?.pixels ?? 1);
  return hw.through(
    "replay",
    axisReplay,
    { BITS: all.laneBits, IN_LANES: all.lanes, OUT_LANES: lanes, TIMES: repeat },
    all,
    {
      laneBits: all.laneBits,
      signed: false,
      pixels: all.pixels,
      lanes,
      channels: lanes,
      beatsPerFrame: all.pixels * beats,
    },
  );
}
