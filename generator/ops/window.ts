// The line buffer in front of every op that slides a window.
import { gcd } from "../../golden/arith/index.ts";
import { axisPick } from "../cells/axis_pick.ts";
import { axisReplay } from "../cells/axis_replay.ts";
import { axisTaps, tapsInterval, tapsShape } from "../cells/axis_taps.ts";
import { axisWindow } from "../cells/axis_window.ts";
import type { WindowAttrs } from "../ir/graph.ts";
import type { HwStream } from "../ir/hardware.ts";
import { type HwBuilder, type NodeTypes, pixelsOf, TILE_BITS, tiles } from "./define.ts";

/** Beats of a window that a multiplexer chooses of: of more, its levels would be the longest path. */
const CHOICES = { lut4: 8, lut6: 64 } as const;

/** Rows of windows and the input rows of each: the first `last` ones are complete, those before `first` are free behind it. */
interface RowWindows {
  readonly height: number;
  readonly rows: readonly { readonly first: number; readonly last: number }[];
}

export function rowWindows(window: WindowAttrs, height: number, outHeight: number): RowWindows {
  const span = (window.kernel[0] - 1) * window.dilation[0] + 1;
  const rows = Array.from({ length: outHeight }, (_, y) => {
    const top = y * window.stride[0] - window.padding[0];
    return {
      first: Math.min(height, Math.max(0, top)),
      last: Math.min(height, Math.max(1, top + span)),
    };
  });
  return { height, rows };
}

/** Frames in which a line buffer comes to its steady pace, and those behind them that are measured. */
const FRAMES = { settle: 12, measured: 4 };

/**
 * Clocks a frame of axis_window with `held` rows, where an input row takes at least `words` clocks and a row of windows
 * `clocks`: rows enter where older ones were freed, windows wait for their last row.
 */
export function windowInterval({ height, rows }: RowWindows, held: number, words: number, clocks: number): number {
  // The row of windows that reads an input row last.
  const freedBy = Array.from({ length: height }, (_, r) =>
    Math.max(
      0,
      rows.findLastIndex((w) => w.first <= r),
    ),
  );
  const total = (FRAMES.settle + FRAMES.measured) * rows.length;
  const ends: number[] = [];
  let [come, through, end] = [0, -1, -1];
  for (let k = 0; k < total; k++) {
    const y = k % rows.length;
    const needed = ((k - y) / rows.length) * height + rows[y]!.last;
    for (; come < needed; come++) {
      const old = come - held;
      const freed = old < 0 ? -FREED : ends[Math.floor(old / height) * rows.length + freedBy[old % height]!];
      if (freed === undefined) return Number.POSITIVE_INFINITY;
      through = Math.max(through + 1, freed + FREED) + words - 1;
    }
    end = Math.max(end, through) + clocks;
    ends.push(end);
  }
  return (end - ends[FRAMES.settle * rows.length - 1]!) / FRAMES.measured;
}

/** Clocks from the last word of a row of windows until a row that it freed is written. */
const FREED = 2;

/**
 * Rows the line buffer holds: what one window spans and the step to the next; or, where that is more, what the last
 * window of a frame still needs and the first of the next one already does, so that frames follow without a gap. Where
 * many windows lie in the margins rows are needed unevenly; then as many more as keep the pace.
 */
export function bufferRows(
  window: WindowAttrs,
  height: number,
  outHeight: number,
  words: number,
  clocks: number,
): number {
  const [top] = window.padding;
  const span = (window.kernel[0] - 1) * window.dilation[0] + 1;
  const lastTop = Math.min(height - 1, Math.max(0, (outHeight - 1) * window.stride[0] - top));
  const tail = height - lastTop;
  const head = Math.min(height, Math.max(1, span - top));
  const within = Math.min(span, height) + Math.min(window.stride[0], height);
  // One row more lets a producer that is no faster than the array write ahead, also where two whole frames are held.
  const rows = Math.max(2, Math.min(2 * height, Math.max(within, tail + head)) + 1);
  const windows = rowWindows(window, height, outHeight);
  const pace = Math.max(outHeight * clocks, height * words);
  // Rows that come as fast as they can, and rows that come at an even rate.
  const keepsPace = (held: number) =>
    [words, pace / height].every((w) => windowInterval(windows, held, w, clocks) < pace + 1e-6);
  let held = rows;
  while (held <= 2 * height && !keepsPace(held)) held++;
  return held;
}

/** Input pixels of whole rows that the line buffer waits for before the output row of pixel `p`. */
export function windowNeeds(node: { readonly window: WindowAttrs }, { inputs, output }: NodeTypes, p: number): number {
  const { window } = node;
  const [height, width] = inputs[0]!.shape;
  const row = Math.floor(p / output.shape[1]);
  const span = (window.kernel[0] - 1) * window.dilation[0] + 1;
  return Math.max(0, Math.min(height, row * window.stride[0] - window.padding[0] + span)) * width;
}

/** Words of the input stream in the order the array takes them, in which each frame comes `passes` times; see axis_window. */
export function slideWindow(
  hw: HwBuilder,
  window: WindowAttrs,
  from: HwStream,
  { inputs, output }: NodeTypes,
  { groups, repeat, passes = 1 }: { groups: number; repeat: number; passes?: number },
): HwStream {
  const x = inputs[0]!;
  const [kh, kw] = window.kernel;
  const words = x.shape[2] / from.lanes;
  const beats = pixelsOf(output) * groups * repeat * kh * kw * (words / groups);
  const [height, width] = x.shape;
  const rows = bufferRows(window, height, output.shape[0], width * words, beats / output.shape[0]);
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
      ...slidesOver(window, output),
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
      pixels: passes * pixelsOf(output),
      beatsPerFrame: passes * beats,
    },
  );
}

/** The window and where it goes, as parameters of a cell. */
const slidesOver = (window: WindowAttrs, output: NodeTypes["output"]) => ({
  KH: window.kernel[0],
  KW: window.kernel[1],
  SH: window.stride[0],
  SW: window.stride[1],
  DH: window.dilation[0],
  DW: window.dilation[1],
  PAD_T: window.padding[0],
  PAD_L: window.padding[1],
  OUT_H: output.shape[0],
  OUT_W: output.shape[1],
});

/** Geometry of axis_taps. */
const tapsOf = (window: WindowAttrs, { inputs, output }: NodeTypes) => ({
  IN_H: inputs[0]!.shape[0],
  IN_W: inputs[0]!.shape[1],
  ...slidesOver(window, output),
});

/** Clocks of a row of windows in axis_taps where each window keeps what follows for `perWindow` clocks. */
const rowClocks = (window: WindowAttrs, { output }: NodeTypes, perWindow: number): number => {
  const span = (window.kernel[1] - 1) * window.dilation[1] + 1;
  return (output.shape[1] - 1) * Math.max(perWindow, window.stride[1]) + Math.max(perWindow, span);
};

/**
 * Rows of windows whose pixels find room in axis_taps, so that it never waits at the end of a frame: while it reads those
 * rows, what comes between the last of them and the next frame's first ones comes too.
 */
export function rowsAhead(window: WindowAttrs, types: NodeTypes, perWindow: number): number {
  const p = tapsOf(window, types);
  const s = tapsShape(p);
  const [inputs, rows] = [p.IN_H * p.IN_W, p.OUT_H];
  const dropped = Math.max(0, p.IN_H + s.FROM - rows * p.SH) * p.IN_W;
  const between = (2 * p.SH + s.HEAD) * p.IN_W + dropped;
  const row = Math.max(rowClocks(window, types, perWindow), inputs / rows);
  return Math.max(2, Math.min(Math.ceil((between + SETTLING) / row), 2 * rows));
}

/** Clocks that a few registers between the input of axis_taps and its reader take. */
const SETTLING = 12;

/** Clocks of a frame behind axis_taps where each window keeps the array busy for `perWindow` clocks. */
export function tapsClocks(window: WindowAttrs, types: NodeTypes, perWindow: number): number {
  const rows = types.output.shape[0];
  const free = Math.max(rows * rowClocks(window, types, perWindow), pixelsOf(types.inputs[0]!));
  // With few rows of windows the head of the next frame may have to wait for the first of them.
  if (rows >= FEW_ROWS) return free;
  const key = [...Object.values(tapsOf(window, types)), perWindow].join();
  const known = intervals.get(key);
  if (known !== undefined) return known;
  const AHEAD = rowsAhead(window, types, perWindow);
  const clocks = tapsInterval({ ...tapsOf(window, types), AHEAD }, perWindow);
  intervals.set(key, clocks);
  return clocks;
}

const FEW_ROWS = 8;
/** Clocks of a frame that were walked through before: a plan looks at every fold of a layer, and at each many times. */
const intervals = new Map<string, number>();

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

/** Lookup tables of an L1 lane of 8 bits, about (bench/README.md). */
export const LANE_TABLES = 20;
/** What a tap of a window side by side costs, in lanes of an array: its 8 registers weigh 2 lookup tables. */
export const WHOLE_TAP = 2 / LANE_TABLES;

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
  const block = isOneTile(t) ? hw.input(0, tile) : allTaps(hw, t.window, hw.input(0, tile), t.types, beats);
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

/** All taps of a window side by side in registers. */
function allTaps(hw: HwBuilder, window: WindowAttrs, from: HwStream, types: NodeTypes, perWindow: number): HwStream {
  const { inputs, output } = types;
  const x = inputs[0]!;
  const [kh, kw] = window.kernel;
  const taps = kh * kw * from.lanes;
  const pixels = pixelsOf(output);
  return hw.through(
    "window",
    axisTaps,
    {
      ...tapsOf(window, types),
      CHANNELS: from.lanes,
      BITS: from.laneBits,
      AHEAD: rowsAhead(window, types, perWindow),
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
  const all = t
    ? tiledWindow(hw, window, types, t, { simd, beats })
    : allTaps(hw, window, hw.input(0, types.inputs[0]!.shape[2]), types, beats);
  if (beats === 1) return all;
  const lanes = simd * (t?.pixels ?? 1);
  return hw.through(
    "replay",
    axisReplay,
    {
      ...{ BITS: all.laneBits, IN_LANES: all.lanes, OUT_LANES: lanes, TIMES: repeat },
      ...(beats / repeat <= CHOICES[hw.lut6 ? "lut6" : "lut4"] ? { CHOOSE: 1 } : {}),
    },
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
