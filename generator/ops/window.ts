// The line buffer in front of every op that slides a window.
import { axisWindow } from "../cells/cells.ts";
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
  return Math.max(2, Math.min(2 * height, Math.max(within, tail + head)));
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
      PAD_VALUE: x.zeroPoint,
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
