// The two array ops, sums of distances and of products: window > array > requantize.
import { bitsFor, gcd, rangeOfBits, sad as sadArith, signedBitsFor } from "../../golden/arith/index.ts";
import { isTable } from "../cells/array.ts";
import { axisFrames } from "../cells/axis_frames.ts";
import { axisLast } from "../cells/axis_last.ts";
import { axisMac } from "../cells/axis_mac.ts";
import { axisNarrow } from "../cells/axis_narrow.ts";
import { axisSad } from "../cells/axis_sad.ts";
import type { HwStream, WeightsLayout } from "../ir/hardware.ts";
import type { MacNode, SadNode } from "../ir/quantized.ts";
import { blockSizes, bookOf, codedBits, histogramOf } from "../weights/code.ts";
import { CODE_GAP, WORDS_GAP } from "../weights/external.ts";
import { arrayOutcome } from "./check.ts";
import {
  defineOp,
  divisors,
  edgeStream,
  type Fold,
  type FoldPlan,
  type FoldSpace,
  type HwBuilder,
  type NodeTypes,
  packLanes,
  pixelsOf,
} from "./define.ts";
import { sharedFormatRange } from "./format.ts";
import {
  behindOffset,
  requantInterval,
  requantize,
  requantLanes,
  requantTileLanes,
  serialLanes,
} from "./requantize.ts";
import {
  blockLanes,
  isOneTile,
  LANE_TABLES,
  parallelWindow,
  slideWindow,
  tapsClocks,
  tiling,
  WHOLE_TAP,
  windowNeeds,
  windowTiles,
} from "./window.ts";

type ArrayNode = SadNode | MacNode;

/** A window whose taps stand side by side in registers: the most bits it may have. */
const PARALLEL_BITS = 8192;

/** Loop counts of a node under a fold. */
function loops(node: ArrayNode, { inputs, output }: NodeTypes, { pe, simd, pixels }: Fold) {
  const [kh, kw] = node.window.kernel;
  const channels = inputs[0]!.shape[2];
  const filters = output.shape[2];
  const { groups } = node.window;
  const depthwise = groups === channels && filters === channels && channels > 1;
  // A SIMD that divides the channels reads them from a line buffer; any other one cuts the whole window into beats, and
  // so do several pixels a beat.
  const parallel = pixels > 1 || (!depthwise && (channels / groups) % simd !== 0);
  const taps = kh * kw * (channels / groups);
  const inner = depthwise ? 1 : channels / groups / simd;
  const outer = depthwise ? channels / simd : groups;
  const nf = depthwise ? 1 : Math.ceil(filters / groups / pe);
  const sf = parallel && !depthwise ? Math.ceil(taps / simd) : kh * kw * inner;
  return { depthwise, parallel, taps, outer, nf, sf, lanesOut: depthwise ? simd : pe };
}

function plan(node: ArrayNode, types: NodeTypes, fold: Fold): FoldPlan {
  if (fold.pixels > 1) return tiledPlan(node, types, fold);
  const l = loops(node, types, fold);
  const x = types.inputs[0]!;
  const filters = types.output.shape[2];
  const perPixel = l.outer * l.nf * l.sf;
  const lanesOut = requantLanes(l.lanesOut, filters, perPixel);
  const out = pixelsOf(types.output);
  const lanes = fold.pe * fold.simd;
  const own = Math.max(out * perPixel, out * (filters / lanesOut));
  // Each group of outputs walks the whole map, which is replayed for it.
  if (isFetched(node)) {
    const words = pixelsOf(x) * (x.shape[2] / fold.simd);
    const group = groupLanes(l.lanesOut, l.sf);
    const bands = bandsOf(node);
    // A map is walked for each group of outputs; a band holds windows, and the map is walked once.
    const walked = isWhole(node, types) ? 0 : words;
    const pass = bands > 1 ? out * l.sf : Math.max(out * l.sf, walked);
    return {
      lanesIn: fold.simd,
      lanesOut: group,
      cycles: Math.max(
        l.nf * pass,
        walked,
        out * (filters / group),
        bands * (l.nf * l.sf + WORDS_GAP),
        node.overrides.coded ? bands * codeClocks(node, blockSizes(weightsIn(node)).at(-1)!) : 0,
      ),
      arithmeticLanes: lanes,
    };
  }
  if (l.parallel)
    return {
      lanesIn: x.shape[2],
      lanesOut,
      cycles: Math.max(out * (filters / lanesOut), tapsClocks(node.window, types, perPixel)),
      arithmeticLanes: lanes,
      cost: lanes + l.taps * (l.sf * l.nf > 1 ? CUT_TAP : WHOLE_TAP),
    };
  return {
    lanesIn: fold.simd,
    lanesOut,
    cycles: Math.max(own, pixelsOf(x) * (x.shape[2] / fold.simd)),
    arithmeticLanes: lanes,
  };
}

const weightsIn = ({ weights: { rows } }: ArrayNode): number => rows.length * rows[0]!.length;
const codeClocks = (node: ArrayNode, lanes: number): number => Math.ceil(weightsIn(node) / lanes) + CODE_GAP;

/** Parts of the map of a node whose weights are fetched, each of which is computed with all of them. */
const bandsOf = (node: ArrayNode): number => node.overrides.bands ?? 1;

/** Weights a clock of a layer's decoder: as many as the array takes of a set in so many clocks. */
function codeLanes(node: ArrayNode, clocks: number): number {
  const sizes = blockSizes(weightsIn(node));
  return sizes.find((lanes) => codeClocks(node, lanes) <= clocks) ?? sizes.at(-1)!;
}

/** A map that is replayed is there as a whole before its first window, a band before its first pixel. */
function needs(node: ArrayNode, types: NodeTypes, p: number): number {
  if (!isFetched(node)) return windowNeeds(node, types, p);
  const bands = bandsOf(node);
  if (bands === 1) return pixelsOf(types.inputs[0]!);
  const own = pixelsOf(types.output) / bands;
  const last = (Math.floor(p / own) + 1) * own - 1;
  return isWhole(node, types) ? last + 1 : windowNeeds(node, types, last);
}

/** Whether the node's weights come in pages: from memory beside the chip, or decoded from a ROM. */
const isFetched = (node: ArrayNode): boolean => node.overrides.home === "external" || isCodedRom(node);

/** Lanes of the step behind the PE sums that come every `sf` clocks. */
const groupLanes = (pe: number, sf: number): number => divisors(pe).find((r) => pe / r <= sf) ?? pe;

/** A window that is a pixel, at every pixel: its words are those of the map, in their order. */
const isWhole = ({ window: { kernel, stride, padding } }: ArrayNode, { inputs, output }: NodeTypes): boolean =>
  [...kernel, ...stride].every((n) => n === 1) &&
  padding.every((n) => n === 0) &&
  pixelsOf(inputs[0]!) === pixelsOf(output);

/** As WHOLE_TAP, where windows are cut into beats: a multiplexer for each bit takes 7 lookup tables more. */
const CUT_TAP = (2 + 7) / LANE_TABLES;

/** Several pixels a beat: the windows of all output pixels meet the same weights, every output at once. */
function tiledPlan(node: ArrayNode, types: NodeTypes, fold: Fold): FoldPlan {
  const l = loops(node, types, fold);
  const t = tiling(node.window, types, fold.pixels)!;
  const filters = types.output.shape[2];
  const lanesOut = requantTileLanes(t.pixels, filters, l.sf);
  const beats = (t.pixels * filters) / lanesOut;
  const lanes = t.pixels * fold.pe * fold.simd;
  return {
    lanesIn: fold.pixels * types.inputs[0]!.shape[2],
    lanesOut,
    cycles: tapsClocks(t.window, t.types, Math.max(l.sf, beats)),
    arithmeticLanes: lanes,
    cost: lanes + (isOneTile(t) ? 0 : WHOLE_TAP * blockLanes(t)) + (l.sf > 1 ? CUT_TAP * t.pixels * l.taps : 0),
  };
}

/** The most lanes of an array that several output pixels share. */
const TILED_LANES = 32768;

function tiledFolds(node: ArrayNode, types: NodeTypes, pe: number, simd: readonly number[]): FoldSpace["tiled"] {
  const taps = node.window.kernel[0] * node.window.kernel[1] * types.inputs[0]!.shape[2];
  const least = pe * Math.min(...simd);
  const pixels = windowTiles(node.window, types, taps).filter(
    (n) => tiling(node.window, types, n)!.pixels * least <= TILED_LANES,
  );
  return pixels.length > 0 ? { pixels, pe: [pe], simd } : undefined;
}

/** The most weights of an unrolled layer: each is an array lane of its own. */
const UNROLLED_WEIGHTS = 4096;

function unrolled(node: ArrayNode, { inputs, output }: NodeTypes): NonNullable<FoldSpace["unrolled"]> {
  const [kh, kw] = node.window.kernel;
  if (node.window.groups > 1) return { why: "only a layer of one group is unrolled" };
  const taps = kh * kw * inputs[0]!.shape[2];
  const filters = output.shape[2];
  if (taps * filters > UNROLLED_WEIGHTS)
    return { why: `at most ${UNROLLED_WEIGHTS} weights are unrolled; the layer has ${taps * filters}` };
  if (kh * kw > 1 && taps * inputs[0]!.bits > PARALLEL_BITS)
    return { why: `a window of at most ${PARALLEL_BITS} bits is unrolled; the layer's has ${taps * inputs[0]!.bits}` };
  return { pe: filters, simd: taps };
}

function folds(node: ArrayNode, types: NodeTypes): FoldSpace {
  // Whole groups of outputs, and words of one tap from a line buffer.
  if (isFetched(node))
    return {
      pe: divisors(types.output.shape[2]),
      simd: divisors(types.inputs[0]!.shape[2]),
      unrolled: unrolled(node, types),
    };
  return { ...foldsOf(node, types), unrolled: unrolled(node, types) };
}

function foldsOf(node: ArrayNode, types: NodeTypes): FoldSpace {
  const { inputs, output } = types;
  const channels = inputs[0]!.shape[2];
  const filters = output.shape[2];
  const { groups } = node.window;
  const withTiles = (space: FoldSpace, pe: number, several: readonly number[]): FoldSpace => {
    const tiled = tiledFolds(node, types, pe, several);
    return tiled ? { ...space, tiled } : space;
  };
  if (groups === channels && filters === channels && channels > 1)
    return withTiles({ pe: [1], simd: divisors(channels) }, 1, [channels]);
  const perGroup = filters / groups;
  // A dense layer takes any PE; only the smallest one for each number of output groups is worth having.
  const pe =
    groups > 1
      ? divisors(perGroup)
      : Array.from({ length: perGroup }, (_, i) => i + 1).filter(
          (p) => p === 1 || Math.ceil(perGroup / p) < Math.ceil(perGroup / (p - 1)),
        );
  const simd = divisors(channels / groups);
  const taps = node.window.kernel[0] * node.window.kernel[1] * channels;
  if (groups > 1) return { pe, simd };
  // As for PE: the smallest beat for each number of beats.
  const beats = [...new Set(Array.from({ length: taps }, (_, i) => Math.ceil(taps / (i + 1))))].sort((a, b) => a - b);
  if (taps === channels || taps * inputs[0]!.bits > PARALLEL_BITS) return withTiles({ pe, simd }, filters, beats);
  const both = [...new Set([...simd, ...beats])].sort((a, b) => a - b);
  return withTiles({ pe, simd: both }, filters, beats);
}

/** What a word of the weights holds. */
function weightLayout(l: ReturnType<typeof loops>, pe: number, simd: number, bits: number): string {
  const outputs = l.depthwise ? `${simd} channels` : pe > 1 ? `${pe} outputs` : "an output";
  const order = `${l.sf} word${l.sf === 1 ? "" : "s"} for ${outputs}, the taps in the order of the window`;
  if (pe * simd === 1) return `${order}; a word is a weight`;
  if (l.depthwise) return `${order}; weight of channel c at bit ${bits}*c`;
  const at = [pe > 1 ? `${bits * simd}*p` : "", simd > 1 ? `${bits}*s` : ""].filter(Boolean).join(" + ");
  const of = [pe > 1 ? "output p" : "", simd > 1 ? "tap s" : ""].filter(Boolean).join(", ");
  return `${order}; weight of ${of} at bit ${at}`;
}

function operations(node: ArrayNode, { output }: NodeTypes): number {
  return pixelsOf(output) * node.weights.rows.reduce((sum, r) => sum + r.length, 0);
}

function lower(node: ArrayNode, types: NodeTypes, fold: Fold, hw: HwBuilder): HwStream {
  const x = types.inputs[0]!;
  const filters = types.output.shape[2];
  const l = loops(node, types, fold);
  const { simd, pixels } = fold;
  // Output pixels that share an array.
  const side = pixels > 1 ? tiling(node.window, types, pixels)!.pixels : 1;
  const pe = l.depthwise ? 1 : fold.pe;
  const { rows, bits: wBits, signed } = node.weights;
  const fetched = isFetched(node);
  const bands = bandsOf(node);
  const windows = fetched
    ? replayed(hw, node, types, simd, l.nf)
    : l.parallel
      ? parallelWindow(hw, node.window, types, { simd, repeat: l.nf, pixels })
      : slideWindow(hw, node.window, hw.input(0, simd), types, { groups: l.outer, repeat: l.nf });
  const layout = { pe, simd, sf: l.sf, nf: l.nf, outer: l.outer, depthwise: l.depthwise, bits: wBits };
  const loaded = isLoaded(node);
  const weights = hw.memory(
    "weights",
    pe * simd * wBits,
    l.outer * l.nf * l.sf,
    weightWord(rows, layout),
    weightLayout(l, pe, simd, wBits),
    loaded && { node: node.name, holds: "weights", layout },
    fetched
      ? {
          fetched: {
            ...{ rows: l.sf, times: pixelsOf(types.output) / bands, bands },
            ...{ clocks: plan(node, types, fold).cycles, port: hw.port },
            ...(node.overrides.coded
              ? { coded: { bits: wBits, lanes: codeLanes(node, plan(node, types, fold).cycles / bands) } }
              : {}),
          },
          ...(isCodedRom(node) ? { inCode: codeIn(node) } : {}),
        }
      : {},
  );
  // The words of a group stand in the memory by themselves where they are fetched.
  const nf = fetched ? 1 : l.outer * l.nf;
  const together = pixelsOf(types.output) / bands;
  const order = fetched && l.nf > 1 && together > 1 ? { groups: l.nf, pixels: together, bands } : undefined;
  hw.fact("weights", `${rows.length} x ${rows[0]!.length} of ${wBits} bits, ${signed ? "signed" : "unsigned"}`);
  // The cells hold a term at least; sums of dead weights would need less.
  // The shared sum leaves the sum of an output's weights in its result; the constants behind it take it off again.
  const asked = node.op === "sad" ? hw.l1Circuit(pe, simd, l.depthwise) : 0;
  const offset = asked === 1 ? weightSums(rows) : [];
  const moved = asked === 1 ? behindOffset(node.requant, offset) : undefined;
  // Which circuit it is does not depend on the set of weights.
  if (loaded && asked === 1 && !moved) throw new Error(`the constants of ${node.name} are not exact`);
  const circuit = moved ? 1 : 0;
  const accRange = !moved
    ? node.accRange
    : loaded
      ? sharedFormatRange(node, x)
      : sadArith.sharedRange(rangeOfBits(x.bits), rows);
  if (moved) hw.fact("sums", "of |x - w| + w; the constants of the requantize step take the weights off");
  const accBits = signed
    ? Math.max(x.bits + 1, wBits, signedBitsFor(accRange))
    : Math.max(Math.max(x.bits, wBits) + 1, bitsFor(accRange));
  // Where results come group by group, the channels of a group are those of a pixel.
  const outBeats = (pixelsOf(types.output) / side) * (order?.groups ?? 1);
  const accShape = {
    lanes: side * l.lanesOut,
    laneBits: accBits,
    signed,
    channels: order ? pe : side * filters,
    pixels: outBeats,
    beatsPerFrame: outBeats * (order ? 1 : l.outer * l.nf),
    // Beats that end in unused lanes at the end of a pixel only: with groups each group ends in one.
    ...(!order && (filters === l.lanesOut * l.outer * l.nf || l.outer === 1)
      ? { tensor: { name: `${node.name}.acc`, shape: types.output.shape, ...(moved ? { offset } : {}) } }
      : {}),
  };
  const common = {
    SIMD: simd,
    PE: pe,
    SF: l.sf,
    NF: nf,
    X_BITS: x.bits,
    W_BITS: wBits,
    ACC_BITS: accBits,
    DEPTHWISE: l.depthwise ? 1 : 0,
    PIXELS: side,
    MEM_FILE: weights,
  };
  // A window ends a frame in each of its walks over the map, as a band does: the sums are the frame's once that is mended.
  const walks = fetched && l.nf > 1 && !order && (bands > 1 || !isWhole(node, types));
  const { tensor: _, ...unnamed } = accShape;
  const arrayShape = walks ? unnamed : accShape;
  const fixed = !loaded && !fetched;
  const circuitOf = {
    L1: circuit,
    ...(circuit === 1 && hw.ternary ? { TERNARY: 1 } : {}),
    ...(hw.lut6 && fixed && isTable(l.sf * nf) ? { TABLE: 1 } : {}),
  };
  const summed =
    node.op === "sad"
      ? hw.through("array", axisSad, { ...common, ...circuitOf }, windows, arrayShape)
      : hw.through("array", axisMac, common, windows, arrayShape);
  const sums = walks
    ? hw.through("last", axisLast, { WIDTH: accShape.lanes * accBits, BEATS: accShape.beatsPerFrame }, summed, accShape)
    : summed;
  const lanesOut = plan(node, types, fold).lanesOut;
  const every = (n: number) => requantInterval(l.sf, accShape.lanes / n);
  // Without DSP blocks several lanes of a bit a clock take less than one multiplier; behind them results are narrowed.
  const serial =
    hw.dsp || loaded || order
      ? undefined
      : serialLanes(
          moved ?? node.requant,
          accRange,
          accBits,
          lanesOut,
          // Constants come by lanes that are a part of a pixel, or whole ones.
          divisors(gcd(accShape.lanes, accShape.channels)).filter(
            (n) => n % lanesOut === 0 && (filters % n === 0 || n % filters === 0),
          ),
          every,
        );
  const lanes = serial ?? lanesOut;
  const narrowed =
    lanes === accShape.lanes
      ? sums
      : hw.through(
          "serialize",
          axisNarrow,
          { BITS: accBits, IN_LANES: accShape.lanes, OUT_LANES: lanes, CHANNELS: accShape.channels },
          sums,
          {
            ...accShape,
            lanes,
            beatsPerFrame: outBeats * (accShape.channels / lanes),
          },
        );
  const constants = loaded && { node: node.name, format: node.format!, shared: circuit === 1 };
  const results = requantize(
    hw,
    moved ?? node.requant,
    accRange,
    narrowed,
    node.output,
    types.output,
    every(lanes),
    constants,
    order,
  );
  if (lanes === lanesOut) return results;
  const raster = edgeStream(node.output, types.output, lanesOut);
  return hw.through(
    "narrow",
    axisNarrow,
    // Pixels side by side are narrowed as one.
    { BITS: types.output.bits, IN_LANES: lanes, OUT_LANES: lanesOut, CHANNELS: accShape.channels },
    results,
    raster,
  );
}

/** The windows of the map, as often as there are groups of outputs: the map is kept and replayed. */
function replayed(hw: HwBuilder, node: ArrayNode, types: NodeTypes, simd: number, groups: number): HwStream {
  const x = types.inputs[0]!;
  const map = hw.input(0, simd);
  if (bandsOf(node) > 1) return banded(hw, node, types, map, groups);
  const { name: _, tensor: __, ...shape } = map;
  const beats = pixelsOf(x) * (x.shape[2] / simd);
  hw.fact("replay", `two maps of ${beats} words of ${simd * x.bits} bits, each given ${groups} times`);
  const frames =
    groups > 1
      ? hw.through(
          "frames",
          axisFrames,
          { WIDTH: simd * x.bits, GROUPS: 1, PIXELS: beats, INNER: 1, TIMES: groups },
          map,
          {
            ...shape,
            ...{ channels: x.shape[2], pixels: groups * pixelsOf(x), beatsPerFrame: groups * beats },
          },
        )
      : map;
  return isWhole(node, types)
    ? frames
    : slideWindow(hw, node.window, frames, types, { groups: 1, repeat: 1, passes: groups });
}

/** The windows of each band of the output map, as often as there are groups of outputs: they are kept, not the map. */
function banded(hw: HwBuilder, node: ArrayNode, types: NodeTypes, map: HwStream, groups: number): HwStream {
  const windows = isWhole(node, types)
    ? map
    : slideWindow(hw, node.window, map, types, { groups: 1, repeat: 1, passes: 1 });
  if (groups === 1) return windows;
  const { name: _, tensor: __, ...shape } = windows;
  const bands = bandsOf(node);
  const beats = windows.beatsPerFrame / bands;
  const WIDTH = windows.lanes * windows.laneBits;
  hw.fact("replay", `${bands} bands a frame; two of ${beats} words of ${WIDTH} bits, each given ${groups} times`);
  return hw.through("frames", axisFrames, { WIDTH, GROUPS: 1, PIXELS: beats, INNER: 1, TIMES: groups }, windows, {
    ...shape,
    ...{ pixels: groups * pixelsOf(types.output), beatsPerFrame: groups * windows.beatsPerFrame },
  });
}

/** Whether the node's weights are written at run time, on the chip or beside it. */
const isLoaded = (node: ArrayNode): true | undefined =>
  node.overrides.home === "ram" || node.overrides.home === "external" ? true : undefined;

/** Whether the node's weights are in the bitstream in a code. */
const isCodedRom = ({ overrides: { home = "rom", coded } }: ArrayNode): boolean => home === "rom" && coded === true;

/** The code of a node's weights: for which values it is made, and its bits. */
function codeIn({ weights: { rows, bits } }: ArrayNode) {
  const counts = histogramOf(rows, bits);
  return { book: bookOf(counts), size: codedBits(counts, bits) };
}

/** The memory's words of weights, by their rows. */
export function weightWord(rows: readonly Int32Array[], layout: WeightsLayout): (row: number) => bigint {
  const { pe, simd, sf, nf, outer, depthwise, bits } = layout;
  const perGroup = rows.length / outer;
  return (row) => {
    const beat = row % sf;
    const group = Math.floor(row / sf);
    const lanes: number[] = [];
    for (let p = 0; p < pe; p++)
      for (let s = 0; s < simd; s++)
        if (depthwise) lanes.push(rows[group * simd + s]![beat]!);
        else {
          const o = (group % nf) * pe + p;
          // Channels beyond the last one fill the array's last group; their sums are dropped behind it. Taps beyond the
          // last one meet zeros.
          lanes.push(o < perGroup ? (rows[Math.floor(group / nf) * perGroup + o]![beat * simd + s] ?? 0) : 0);
        }
    return packLanes(lanes, bits);
  };
}

/** Sums of the weights of each output, which the shared-sum kernel leaves in. */
export const weightSums = (rows: readonly Int32Array[]): number[] => rows.map((r) => r.reduce((a, v) => a + v, 0));

const geometry = (node: ArrayNode): string => {
  const { kernel, stride, dilation, groups } = node.window;
  return [
    `${kernel.join("x")} window`,
    stride[0] * stride[1] > 1 ? `stride ${stride.join("x")}` : "",
    dilation[0] * dilation[1] > 1 ? `dilation ${dilation.join("x")}` : "",
    groups > 1 ? `${groups} groups` : "",
  ]
    .filter(Boolean)
    .join(", ");
};

export const sad = defineOp<SadNode>({
  op: "sad",
  outcome: arrayOutcome,
  folds,
  plan,
  needs,
  operations,
  lower,
  formula: (node) => `acc[o] = SUM |x - w[o]| over a ${geometry(node)}, then requantize`,
});

export const mac = defineOp<MacNode>({
  op: "mac",
  outcome: arrayOutcome,
  folds,
  plan,
  needs,
  operations,
  lower,
  formula: (node) => `acc[o] = SUM x * w[o] over a ${geometry(node)}, then requantize`,
});
