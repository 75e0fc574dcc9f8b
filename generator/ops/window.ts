// The line buffer in front of every op that slides a window.
import { axisReplay, axisTaps, axisWindow } from "../cells/cells.ts";
import type { WindowAttrs } from "../ir/graph.ts";
import type { HwStream } from "../ir/hardware.ts";
import { type HwBuilder, type NodeTypes, pixelsOf } from "./define.ts";

/**
 * Rows the line buffer holds: what one window spans and the step to the next; or, where that is more, what the last
 * window of a frame still needs and the first of the next one already does, so that frames follow without a gap.
 */
export function bufferRows(window: WindowAttrs, height: number, outHeight: number): number {
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
    return { span, need, steps: Math.max(need, lead + inputs[0]!.shape[a]) };
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

/** All taps of a window at once, then in beats of `simd` taps, `repeat` times; see axis_taps and axis_replay. */
export function parallelWindow(
  hw: HwBuilder,
  window: WindowAttrs,
  from: HwStream,
  { inputs, output }: NodeTypes,
  { simd, repeat }: { simd: number; repeat: number },
): HwStream {
  const x = inputs[0]!;
  const [kh, kw] = window.kernel;
  const taps = kh * kw * from.lanes;
  const pixels = pixelsOf(output);
  const plain = { laneBits: from.laneBits, signed: false, pixels };
  // Pixels of the next frame gather while the array works on this one: those before the first window cost no time then.
  // They gather as well while the walk is in the margin, where a slower producer would make it wait afterwards.
  const { frame, steps } = tapsSteps(window, { inputs, output });
  const gathers = repeat * Math.ceil(taps / simd) > 1 || steps > pixelsOf(x);
  const fed = gathers ? hw.fifo(from, Math.min(frame, pixelsOf(x))) : from;
  hw.fact("window", `all ${taps} taps at once, then ${simd} a beat${repeat > 1 ? `, ${repeat} times` : ""}`);
  const all = hw.through(
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
    fed,
    { ...plain, lanes: taps, channels: taps, beatsPerFrame: pixels },
  );
  if (simd === taps && repeat === 1) return all;
  const beats = Math.ceil(taps / simd) * repeat;
  return hw.through(
    "replay",
    axisReplay,
    { BITS: from.laneBits, IN_LANES: taps, OUT_LANES: simd, TIMES: repeat },
    all,
    {
      ...plain,
      lanes: simd,
      channels: simd,
      beatsPerFrame: pixels * beats,
    },
  );
}
