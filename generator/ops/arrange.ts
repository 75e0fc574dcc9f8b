// Ops that move values without changing them: channels side by side, pixels repeated.
import { gcd, unionAll } from "../../golden/arith/index.ts";
import { axisConcat } from "../cells/axis_concat.ts";
import { axisWindow } from "../cells/axis_window.ts";
import type { HwStream } from "../ir/hardware.ts";
import type { ConcatNode, UpsampleNode } from "../ir/quantized.ts";
import { features, inputCount, sameMeaning } from "./check.ts";
import { defineOp, divisors, edgeStream, type HwBuilder, onePixel, pixelsOf } from "./define.ts";

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
    lanes: 0,
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

/** Every piece of `beats` beats `times` times: the line buffer with each piece as a row of one pixel. */
function repeated(
  hw: HwBuilder,
  label: string,
  from: HwStream,
  pieces: number,
  beats: number,
  times: number,
): HwStream {
  if (times === 1) return from;
  const { tensor: _, name: __, ...shape } = from;
  const params = {
    IN_H: pieces,
    IN_W: 1,
    WORDS: beats,
    GROUPS: 1,
    REPEAT: times,
    KH: 1,
    KW: 1,
    SH: 1,
    SW: 1,
    DH: 1,
    DW: 1,
    PAD_T: 0,
    PAD_L: 0,
    OUT_H: pieces,
    OUT_W: 1,
    PAD_VALUE: 0,
    SIMD: from.lanes,
    BITS: from.laneBits,
    ROWS: piecesHeld(beats),
  };
  return hw.through(label, axisWindow, params, from, {
    ...shape,
    pixels: from.pixels * times,
    beatsPerFrame: from.beatsPerFrame * times,
  });
}

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
    lanes: 0,
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
