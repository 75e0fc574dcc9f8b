// Ops that move values without changing them: channels side by side, pixels repeated.
import { gcd, unionAll } from "../../golden/arith/index.ts";
import { axisConcat } from "../cells/axis_concat.ts";
import { axisWindow } from "../cells/axis_window.ts";
import type { HwStream } from "../ir/hardware.ts";
import type { ConcatNode, DepthToSpaceNode, UpsampleNode } from "../ir/quantized.ts";
import { features, inputCount, sameMeaning } from "./check.ts";
import { defineOp, divisors, edgeStream, type HwBuilder, onePixel, pixelsOf, type StreamShape } from "./define.ts";

export const concatOp = defineOp<ConcatNode>({
  op: "concat",
  outcome(_node, { inputs }, fault) {
    if (!inputCount(inputs, 2, 16, fault) || !features(inputs, fault)) return undefined;
    const [height, width] = inputs[0]!.shape;
    const other = inputs.findIndex((x) => x.shape[0] !== height || x.shape[1] !== width);
    if (other >= 0) return fault(["inputs", other], "the inputs have different heights or widths");
    const apart = inputs.findIndex((x) => !sameMeaning(x, inputs[0]!));
    if (apart >= 0) return fault(["inputs", apart], "the inputs have different bits, scales or zero points");
    const channels = inputs.reduce((sum, x) => sum + x.shape[2], 0);
    return { shape: [height, width, channels], range: unionAll(inputs.map((x) => x.range)), keeps: inputs[0]! };
  },
  folds: (_node, { inputs }) => ({ pe: [1], simd: divisors(inputs.map((x) => x.shape[2]).reduce(gcd)) }),
  plan: (_node, { output }, { simd }) => ({
    lanesIn: simd,
    lanesOut: simd,
    cycles: pixelsOf(output) * (output.shape[2] / simd),
    arithmeticLanes: 0,
  }),
  needs: onePixel,
  operations: () => 0,
  formula: (node) => `channels of ${node.inputs.join(", then ")}`,
  lower(node, { inputs, output }, { simd }, hw) {
    const out = edgeStream(node.output, output, simd);
    let all = hw.input(0, simd);
    let channels = inputs[0]!.shape[2];
    for (let i = 1; i < inputs.length; i++) {
      const more = inputs[i]!.shape[2];
      const beats = (channels + more) / simd;
      const { tensor: _, ...part } = { ...out, channels: channels + more, beatsPerFrame: out.pixels * beats };
      all = hw.join(
        i === 1 ? "concat" : `concat_${i}`,
        axisConcat,
        { WIDTH: simd * output.bits, BEATS0: channels / simd, BEATS1: more / simd },
        [all, hw.input(i, simd)],
        i === inputs.length - 1 ? out : part,
      );
      channels += more;
    }
    return all;
  },
});

/** Pieces that a repeater holds: what it reads and what comes; short pieces wait longer for each other. */
const piecesHeld = (beats: number): number => Math.max(2, Math.ceil(8 / beats));

/** A line buffer that reads along one row: `columns` of `words` beats in `rows` rows, in the order of its windows. */
interface Rows {
  readonly rows: number;
  readonly columns: number;
  readonly words: number;
  /** Windows of a row; each has every `apart`-th column, `width` of them, and is read `times` times. */
  readonly windows?: number;
  readonly width?: number;
  readonly apart?: number;
  readonly times?: number;
  /** What comes out, where it is other pixels than come in. */
  readonly to?: StreamShape;
}

function reread(hw: HwBuilder, label: string, from: HwStream, r: Rows): HwStream {
  const { rows, columns, words, windows = 1, width = 1, apart = 1, times = 1 } = r;
  const { tensor: _, name: __, ...shape } = from;
  const params = {
    IN_H: rows,
    IN_W: columns,
    WORDS: words,
    GROUPS: 1,
    REPEAT: times,
    KH: 1,
    KW: width,
    SH: 1,
    SW: 1,
    DH: 1,
    DW: apart,
    PAD_T: 0,
    PAD_L: 0,
    OUT_H: rows,
    OUT_W: windows,
    PAD_VALUE: 0,
    SIMD: from.lanes,
    BITS: from.laneBits,
    // One more where beats come as fast as they leave.
    ROWS: piecesHeld(columns * words) + (times === 1 ? 1 : 0),
  };
  const again = { ...shape, pixels: from.pixels * times, beatsPerFrame: from.beatsPerFrame * times };
  return hw.through(label, axisWindow, params, from, r.to ?? again);
}

/** Every piece of `beats` beats `times` times: the line buffer with each piece as a row of one pixel. */
const repeated = (
  hw: HwBuilder,
  label: string,
  from: HwStream,
  pieces: number,
  beats: number,
  times: number,
): HwStream => (times === 1 ? from : reread(hw, label, from, { rows: pieces, columns: 1, words: beats, times }));

export const upsampleOp = defineOp<UpsampleNode>({
  op: "upsample",
  outcome({ factor }, { inputs }, fault) {
    if (!inputCount(inputs, 1, 1, fault)) return undefined;
    const x = inputs[0]!;
    const [height, width, channels] = x.shape;
    return { shape: [height * factor[0], width * factor[1], channels], range: x.range, keeps: x };
  },
  folds: (_node, { inputs }) => ({ pe: [1], simd: divisors(inputs[0]!.shape[2]) }),
  plan: (_node, { output }, { simd }) => ({
    lanesIn: simd,
    lanesOut: simd,
    cycles: pixelsOf(output) * (output.shape[2] / simd),
    arithmeticLanes: 0,
  }),
  needs: (node, { inputs, output }, p) => (Math.floor(p / output.shape[1] / node.factor[0]) + 1) * inputs[0]!.shape[1],
  operations: () => 0,
  formula: (node) => `every pixel ${node.factor[0]} times down and ${node.factor[1]} times right`,
  lower(node, { inputs, output }, { simd }, hw) {
    const [height, width, channels] = inputs[0]!.shape;
    const [down, right] = node.factor;
    const words = channels / simd;
    const rows = repeated(hw, "rows", hw.input(0, simd), height, width * words, down);
    const pixels = repeated(hw, "pixels", rows, height * down * width, words, right);
    return hw.rename(pixels, edgeStream(node.output, output, simd));
  },
});

export const depthToSpaceOp = defineOp<DepthToSpaceNode>({
  op: "depth_to_space",
  outcome({ block: [down, right] }, { inputs }, fault) {
    if (!inputCount(inputs, 1, 1, fault)) return undefined;
    const x = inputs[0]!;
    const [height, width, channels] = x.shape;
    if (channels % (down * right) !== 0)
      return fault(["block"], `${channels} channels do not fill blocks of ${down} x ${right}`);
    return { shape: [height * down, width * right, channels / (down * right)], range: x.range, keeps: x };
  },
  // Lanes of channels that lie together in the input.
  folds: ({ order }, { output }) => ({ pe: [1], simd: order === "dcr" ? divisors(output.shape[2]) : [1] }),
  plan: (_node, { output }, { simd }) => ({
    lanesIn: simd,
    lanesOut: simd,
    cycles: pixelsOf(output) * (output.shape[2] / simd),
    arithmeticLanes: 0,
  }),
  needs: (node, { inputs, output }, p) => (Math.floor(p / output.shape[1] / node.block[0]) + 1) * inputs[0]!.shape[1],
  operations: () => 0,
  formula: ({ block, order }) => `channels (${order}) of each pixel as ${block[0]} x ${block[1]} pixels`,
  lower({ output: name, block, order }, { inputs, output }, { simd }, hw) {
    const [height, width, all] = inputs[0]!.shape;
    const [down, right] = block;
    const cells = down * right;
    const channels = output.shape[2];
    const input = hw.input(0, simd);
    // crd: the channels of each pixel to dcr, a pixel being a row of which every window takes each `cells`-th word.
    const ordered =
      order === "dcr" || channels === 1 || cells === 1
        ? input
        : reread(hw, "channels", input, {
            rows: height * width,
            columns: all,
            words: 1,
            windows: cells,
            width: channels,
            apart: cells,
          });
    // A row of the input is read `down` times, each time the part of its pixels that belongs to one row of the output.
    const words = (right * channels) / simd;
    return reread(hw, "rows", ordered, {
      to: edgeStream(name, output, simd),
      rows: height,
      columns: width * down,
      words,
      windows: down,
      width,
      apart: down,
    });
  },
});
