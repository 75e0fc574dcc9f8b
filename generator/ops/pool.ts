// Pooling: window, then a running maximum or sum over its taps.
import { bitsFor } from "../../golden/arith/index.ts";
import { axisMaxpool } from "../cells/axis_maxpool.ts";
import { axisSumpool } from "../cells/axis_sumpool.ts";
import type { AvgPoolNode, MaxPoolNode, PadNode, Requant } from "../ir/quantized.ts";
import { features, inputCount, meanOutcome, windowRange, windowShape, windowsOnImage } from "./check.ts";
import {
  defineOp,
  divisors,
  edgeStream,
  type Fold,
  type FoldPlan,
  type FoldSpace,
  type HwBuilder,
  type NodeTypes,
  pixelsOf,
  valuesOf,
} from "./define.ts";
import { requantize } from "./requantize.ts";
import {
  blockLanes,
  isOneTile,
  slideWindow,
  tapsClocks,
  tiledWindow,
  tiling,
  WHOLE_TAP,
  windowNeeds,
  windowTiles,
} from "./window.ts";

type PoolNode = MaxPoolNode | AvgPoolNode;

type WindowNode = PoolNode | PadNode;

const windowTaps = (node: WindowNode): number => node.window.kernel[0] * node.window.kernel[1];

function folds(node: WindowNode, types: NodeTypes): FoldSpace {
  const channels = types.inputs[0]!.shape[2];
  const pixels = windowTiles(node.window, types, windowTaps(node) * channels);
  return {
    pe: [1],
    simd: divisors(channels),
    ...(pixels.length > 0 ? { tiled: { pixels, pe: [1], simd: [channels] } } : {}),
  };
}

/** Several pixels a beat: all taps of each window at once. */
function tiledPlan(node: WindowNode, types: NodeTypes, { simd, pixels }: Fold): FoldPlan {
  const t = tiling(node.window, types, pixels)!;
  const lanes = t.pixels * simd * windowTaps(node);
  return {
    lanesIn: pixels * simd,
    lanesOut: t.pixels * simd,
    cycles: tapsClocks(t.window, t.types, 1),
    arithmeticLanes: lanes,
    cost: lanes + (isOneTile(t) ? 0 : WHOLE_TAP * blockLanes(t)),
  };
}

function plan(node: PoolNode, types: NodeTypes, fold: Fold): FoldPlan {
  if (fold.pixels > 1) return tiledPlan(node, types, fold);
  const { inputs, output } = types;
  const { simd } = fold;
  const [kh, kw] = node.window.kernel;
  const words = output.shape[2] / simd;
  return {
    lanesIn: simd,
    lanesOut: simd,
    cycles: Math.max(pixelsOf(output) * words * kh * kw, pixelsOf(inputs[0]!) * words),
    arithmeticLanes: simd,
  };
}

const operations = (node: PoolNode, { output }: NodeTypes) =>
  pixelsOf(output) * output.shape[2] * node.window.kernel[0] * node.window.kernel[1];

/** Taps of the windows in the order of the pooling cells: `beats` beats of `side` taps, `lanes` lanes each. */
function poolWindow(node: PoolNode, types: NodeTypes, { simd, pixels }: Fold, hw: HwBuilder) {
  const taps = windowTaps(node);
  if (pixels > 1) {
    const t = tiling(node.window, types, pixels)!;
    const from = tiledWindow(hw, node.window, types, t, { simd, beats: 1 });
    return { from, lanes: t.pixels * simd, beats: 1, side: taps };
  }
  const groups = types.output.shape[2] / simd;
  const from = slideWindow(hw, node.window, hw.input(0, simd), types, { groups, repeat: 1 });
  return { from, lanes: simd, beats: taps, side: 1 };
}

export const maxPool = defineOp<MaxPoolNode>({
  op: "max_pool",
  outcome({ window }, { inputs, output }, fault) {
    if (!inputCount(inputs, 1, 1, fault) || !features(inputs, fault)) return undefined;
    const x = inputs[0]!;
    if (window.groups !== 1) return fault(["window", "groups"], "a pool has one group");
    const size = windowShape(window, x, output, { ceil: true, pads: false }, fault);
    if (!size || !windowsOnImage(window, x, [size.rows, size.columns], fault)) return undefined;
    return { shape: [size.rows, size.columns, x.shape[2]], range: x.range, keeps: x };
  },
  folds,
  plan,
  needs: windowNeeds,
  operations,
  formula: (node) =>
    `largest value of a ${node.window.kernel.join("x")} window, stride ${node.window.stride.join("x")}`,
  lower(node, types, fold, hw) {
    // Padding never wins: values are unsigned, so 0 is below or equal to every real one.
    const padded = { ...types, inputs: types.inputs.map((t) => ({ ...t, zeroPoint: 0 })) };
    const { from, lanes, beats, side } = poolWindow(node, padded, fold, hw);
    const params = { LANES: lanes, BITS: types.output.bits, TAPS: beats, SIDE: side };
    return hw.through("maximum", axisMaxpool, params, from, edgeStream(node.output, types.output, lanes));
  },
});

export const avgPool = defineOp<AvgPoolNode>({
  op: "avg_pool",
  outcome: meanOutcome,
  folds,
  plan,
  needs: windowNeeds,
  operations,
  formula: (node) => `mean of a ${node.window.kernel.join("x")} window, stride ${node.window.stride.join("x")}`,
  lower(node, types, fold, hw) {
    const x = types.inputs[0]!;
    const { from, lanes, beats, side } = poolWindow(node, types, fold, hw);
    const bits = bitsFor(node.accRange);
    const sums = hw.through(
      "sum",
      axisSumpool,
      { LANES: lanes, IN_BITS: x.bits, OUT_BITS: bits, TAPS: beats, SIDE: side },
      from,
      edgeStream(`${node.name}.acc`, { ...types.output, bits, signed: false }, lanes),
    );
    const { classes, requant: q } = node;
    if (!classes) return requantize(hw, q, node.accRange, sums, node.output, types.output, beats);
    // Each position has its own divisor: the constants run over the whole frame as over one long pixel.
    const channels = types.output.shape[2];
    const spread = (v: readonly number[]) => classes.flatMap((k) => v.slice(k * channels, (k + 1) * channels));
    const all = <P extends Pick<Requant, "multiplier" | "bias">>(p: P) => ({
      ...p,
      multiplier: spread(p.multiplier),
      bias: spread(p.bias),
    });
    const long: Requant = { ...all(q), ...(q.negative ? { negative: all(q.negative) } : {}) };
    const frame = hw.rename(sums, { ...sums, channels: valuesOf(types.output), pixels: 1 });
    return requantize(hw, long, node.accRange, frame, node.output, types.output, beats);
  },
});

/** A margin of real zeros: the line buffer with a kernel of one tap does all of it. */
export const padOp = defineOp<PadNode>({
  op: "pad",
  outcome({ window }, { inputs, output }, fault) {
    if (!inputCount(inputs, 1, 1, fault) || !features(inputs, fault)) return undefined;
    const x = inputs[0]!;
    for (const key of ["kernel", "stride", "dilation"] as const)
      if (window[key].some((n) => n !== 1)) return fault(["window", key], `op "pad" has a ${key} of 1 x 1`);
    if (window.groups !== 1) return fault(["window", "groups"], 'op "pad" has one group');
    const size = windowShape(window, x, output, { ceil: false, pads: true }, fault);
    return size && { shape: [size.rows, size.columns, x.shape[2]], range: windowRange(window, x), keeps: x };
  },
  folds,
  plan: (node, types, fold) =>
    fold.pixels > 1
      ? tiledPlan(node, types, fold)
      : {
          lanesIn: fold.simd,
          lanesOut: fold.simd,
          cycles: valuesOf(types.output) / fold.simd,
          arithmeticLanes: fold.simd,
        },
  needs: windowNeeds,
  operations: () => 0,
  formula: (node) => `zeros around the map: ${node.window.padding.join(", ")} at top, left, bottom, right`,
  lower(node, types, { simd, pixels }, hw) {
    const t = pixels > 1 ? tiling(node.window, types, pixels) : undefined;
    const out = t
      ? tiledWindow(hw, node.window, types, t, { simd, beats: 1 })
      : slideWindow(hw, node.window, hw.input(0, simd), types, { groups: 1, repeat: 1 });
    return hw.rename(out, edgeStream(node.output, types.output, out.lanes));
  },
});
