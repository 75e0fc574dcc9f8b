// All taps of every window of an image side by side.

import { fillOf, type Step } from "./beat-times.ts";
import { counterBits, defineCell, type Numbers, streamPorts } from "./define.ts";

const params = {
  IN_H: "int",
  IN_W: "int",
  CHANNELS: "int",
  BITS: "int",
  KH: "int",
  KW: "int",
  SH: "int",
  SW: "int",
  DH: "int",
  DW: "int",
  PAD_T: "int",
  PAD_L: "int",
  OUT_H: "int",
  OUT_W: "int",
  PAD_VALUE: "int",
} as const;

/** The padded image that the walk goes over. */
function walk(p: Numbers<typeof params>) {
  const SPAN_H = (p.KH - 1) * p.DH + 1;
  const SPAN_W = (p.KW - 1) * p.DW + 1;
  const NEED_H = (p.OUT_H - 1) * p.SH + SPAN_H;
  const NEED_W = (p.OUT_W - 1) * p.SW + SPAN_W;
  const STEP_H = Math.max(NEED_H, p.PAD_T + p.IN_H);
  const STEP_W = Math.max(NEED_W, p.PAD_L + p.IN_W);
  return { SPAN_H, SPAN_W, NEED_H, NEED_W, STEP_H, STEP_W };
}

/** Positions that need no input, from the start of a frame on. */
function restingPlace(p: Numbers<typeof params>): number {
  const { SPAN_H, SPAN_W, STEP_W } = walk(p);
  return Math.min((SPAN_H - 1) * STEP_W + SPAN_W - 1, p.PAD_T * STEP_W + p.PAD_L);
}

/**
 * A walk over the padded image, a position a clock, that rests while a finished window waits. A window before the frame's
 * first pixel waits until that one is on offer.
 */
function alongTheImage(step: Step<Numbers<typeof params>>): void {
  const { params: p, frames, fill, pace } = step;
  const [x, to] = [step.from[0]!, step.to[0]!];
  const { SPAN_H: spanH, SPAN_W: spanW, STEP_W: width, STEP_H: height } = walk(p);
  const ends = (at: number, first: number, stride: number, count: number) =>
    at >= first && (at - first) % stride === 0 && (at - first) / stride < count;
  // A whole walk is done first: the windows' own clocks come from it.
  const taken = new Float64Array(to.first.length);
  let windows = 0;
  let before = Number.NEGATIVE_INFINITY;
  // An idle cell has walked through the margin already.
  let clock = -1 - restingPlace(p);
  for (let row = 0; row < height * frames; row++) {
    const y = row % height;
    const above = ((row - y) / height) * p.IN_H + y - p.PAD_T;
    for (let c = 0; c < width; c++) {
      const [iy, ix] = [y - p.PAD_T, c - p.PAD_L];
      const pixel = iy >= 0 && iy < p.IN_H && ix >= 0 && ix < p.IN_W ? above * p.IN_W + ix : undefined;
      const emits = ends(y, spanH - 1, p.SH, p.OUT_H) && ends(c, spanW - 1, p.SW, p.OUT_W);
      const unborn = emits && (iy < 0 || (iy === 0 && ix < 0));
      const offered = unborn ? x.offered[Math.floor((((row - y) / height) * p.IN_H * p.IN_W) / x.beats)]! : before;
      clock = Math.max(clock + 1, before, pixel === undefined ? offered : x.at(pixel));
      if (pixel !== undefined) x.hold(pixel, clock);
      if (emits) {
        before = Math.max(clock + fill, before + pace, to.free(windows));
        taken[windows++] = before;
      }
    }
  }
  to.set(fillOf(step), (pixel, _, span) => {
    span.first = span.last = taken[pixel]!;
  });
}

export const axisTaps = defineCell({
  module: "axis_taps",
  params,
  ports: (p) => streamPorts(p.CHANNELS * p.BITS, p.KH * p.KW * p.CHANNELS * p.BITS),
  constants: walk,
  frames: true,
  fill: () => 1,
  times: alongTheImage,
  settling: restingPlace,
  reorders: true,
  structure: (p) => {
    const { SPAN_H, SPAN_W, STEP_H, STEP_W } = walk(p);
    const pixel = p.CHANNELS * p.BITS;
    const position = counterBits(STEP_H + 1) + counterBits(STEP_W + 1);
    const strides = (p.SH > 1 ? counterBits(p.SH) : 0) + (p.SW > 1 ? counterBits(p.SW) : 0);
    const stack = (SPAN_H - 1) * pixel;
    const padded = STEP_W > p.IN_W || STEP_H > p.IN_H;
    // Between the columns of a dilated kernel all registers are shifted through.
    const registers = SPAN_W * SPAN_H * pixel;
    const memory = stack > 0 && p.IN_W > 1;
    const column = memory ? counterBits(p.IN_W) : 0;
    return {
      logic: { position, strides, padding: padded ? SPAN_H * pixel : 0, column },
      ff: position + strides + 7 + registers + (memory ? column : stack),
      // With one row the columns are plain shift registers, but their every place is read.
      shifts: 0,
      memories: memory ? [{ name: "g_rows.g_memory.stack", rows: p.IN_W, bits: stack }] : [],
    };
  },
});
