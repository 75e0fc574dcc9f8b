// Pooling: window, then a running maximum or sum over its taps.
import { bitsFor } from "../../golden/arith/index.ts";
import { axisMaxpool, axisSumpool } from "../cells/cells.ts";
import type { AvgPoolNode, MaxPoolNode, PadNode } from "../ir/quantized.ts";
import { defineOp, divisors, edgeStream, type Fold, type FoldPlan, type NodeTypes, pixelsOf } from "./define.ts";
import { requantize } from "./requantize.ts";
import { slideWindow, windowNeeds } from "./window.ts";

type PoolNode = MaxPoolNode | AvgPoolNode;

const folds = (_node: PoolNode, { inputs }: NodeTypes) => ({ pe: [1], simd: divisors(inputs[0]!.shape[2]) });

function plan(node: PoolNode, { inputs, output }: NodeTypes, { simd }: Fold): FoldPlan {
  const [kh, kw] = node.window.kernel;
  const words = output.shape[2] / simd;
  return {
    lanesIn: simd,
    lanesOut: simd,
    cycles: Math.max(pixelsOf(output) * words * kh * kw, pixelsOf(inputs[0]!) * words),
    lanes: simd,
  };
}

const operations = (node: PoolNode, { output }: NodeTypes) =>
  pixelsOf(output) * output.shape[2] * node.window.kernel[0] * node.window.kernel[1];

export const maxPool = defineOp<MaxPoolNode>({
  op: "max_pool",
  folds,
  plan,
  needs: windowNeeds,
  operations,
  formula: (node) =>
    `largest value of a ${node.window.kernel.join("x")} window, stride ${node.window.stride.join("x")}`,
  lower(node, types, { simd }, hw) {
    const words = types.output.shape[2] / simd;
    // Padding never wins: values are unsigned, so 0 is below or equal to every real one.
    const padded = { ...types, inputs: types.inputs.map((t) => ({ ...t, zeroPoint: 0 })) };
    const taps = slideWindow(hw, node.window, hw.input(0, simd), padded, { groups: words, repeat: 1 });
    const params = { LANES: simd, BITS: types.output.bits, TAPS: node.window.kernel[0] * node.window.kernel[1] };
    return hw.through("maximum", axisMaxpool, params, taps, edgeStream(node.output, types.output, simd));
  },
});

export const avgPool = defineOp<AvgPoolNode>({
  op: "avg_pool",
  folds,
  plan,
  needs: windowNeeds,
  operations,
  formula: (node) => `mean of a ${node.window.kernel.join("x")} window, stride ${node.window.stride.join("x")}`,
  lower(node, types, { simd }, hw) {
    const x = types.inputs[0]!;
    const words = types.output.shape[2] / simd;
    const taps = slideWindow(hw, node.window, hw.input(0, simd), types, { groups: words, repeat: 1 });
    const interval = node.window.kernel[0] * node.window.kernel[1];
    const bits = bitsFor(node.accRange);
    const sums = hw.through(
      "sum",
      axisSumpool,
      { LANES: simd, IN_BITS: x.bits, OUT_BITS: bits, TAPS: interval },
      taps,
      { ...edgeStream(`${node.name}.acc`, { ...types.output, bits, signed: false }, simd) },
    );
    const { classes, requant: q } = node;
    if (!classes) return requantize(hw, q, node.accRange, sums, node.output, types.output, interval);
    // Each position has its own divisor: the constants run over the whole frame as over one long pixel.
    const channels = types.output.shape[2];
    const spread = (v: readonly number[]) => classes.flatMap((k) => v.slice(k * channels, (k + 1) * channels));
    const long = { ...q, multiplier: spread(q.multiplier), bias: spread(q.bias) };
    const frame = hw.rename(sums, { ...sums, channels: channels * classes.length, pixels: 1 });
    return requantize(hw, long, node.accRange, frame, node.output, types.output, interval);
  },
});

/** A margin of real zeros: the line buffer with a kernel of one tap does all of it. */
export const padOp = defineOp<PadNode>({
  op: "pad",
  folds: (_node, { inputs }) => ({ pe: [1], simd: divisors(inputs[0]!.shape[2]) }),
  plan: (_node, { output }, { simd }) => ({
    lanesIn: simd,
    lanesOut: simd,
    cycles: pixelsOf(output) * (output.shape[2] / simd),
    lanes: simd,
  }),
  needs: windowNeeds,
  operations: () => 0,
  formula: (node) => `zeros around the map: ${node.window.padding.join(", ")} at top, left, bottom, right`,
  lower(node, types, { simd }, hw) {
    const out = slideWindow(hw, node.window, hw.input(0, simd), types, { groups: 1, repeat: 1 });
    return hw.rename(out, edgeStream(node.output, types.output, simd));
  },
});
