// What the fields of a node must say of each other, for a network that comes from a file.
import {
  type AddConstants,
  add,
  mac,
  rangeOfBits,
  requant as requantArith,
  sad,
  union,
  WORD_MAX,
  windowSum,
  within,
} from "../../golden/arith/index.ts";
import type { WindowAttrs } from "../ir/graph.ts";
import type { AvgPoolNode, MacNode, Requant, SadNode } from "../ir/quantized.ts";
import type { EdgeType, IntRange } from "../ir/tensor.ts";
import type { NodeTypes } from "./define.ts";
import type { Fault, Outcome } from "./outcome.ts";
import { twoTerms } from "./terms.ts";

export type { Fault, Outcome } from "./outcome.ts";

/** Widest tensor that a node computes with. */
const FEATURE_BITS = 16;

const text = ({ min, max }: IntRange): string => `${min} to ${max}`;

/** Whether the integers of both edges mean the same numbers. */
export const sameMeaning = (a: EdgeType, b: EdgeType): boolean =>
  a.bits === b.bits && a.signed === b.signed && a.scale === b.scale && a.zeroPoint === b.zeroPoint;

/** Whether every input is a feature map as nodes compute with: unsigned, of 16 bits at most. */
export function features(inputs: readonly EdgeType[], fault: Fault): boolean {
  const bad = inputs.findIndex((x) => x.signed || x.bits > FEATURE_BITS);
  if (bad < 0) return true;
  const { signed, bits } = inputs[bad]!;
  fault(
    ["inputs", bad],
    `this op reads unsigned values of at most ${FEATURE_BITS} bits, no ${signed ? "signed" : "unsigned"} ones of ${bits}`,
  );
  return false;
}

/** Whether there are as many inputs as the op reads. */
export function inputCount(inputs: readonly EdgeType[], least: number, most: number, fault: Fault): boolean {
  if (inputs.length >= least && inputs.length <= most) return true;
  const wanted = least === most ? `${least}` : `${least} to ${most}`;
  fault(["inputs"], `this op reads ${wanted} edge${most === 1 ? "" : "s"}, not ${inputs.length}`);
  return false;
}

/** Range of the values under a window: those of the input, and its zero point where the window reaches into the margin. */
export function windowRange({ padding }: WindowAttrs, x: EdgeType, hangsOver = false): IntRange {
  const zero = { min: x.zeroPoint, max: x.zeroPoint };
  return hangsOver || padding.some((p) => p > 0) ? union(x.range, zero) : x.range;
}

/** What padding and inserted pixels are is a real zero: an integer of the edge has to mean it. */
export function zeroFits(x: EdgeType, path: readonly string[], fault: Fault): boolean {
  const { max } = rangeOfBits(x.bits);
  if (Number.isInteger(x.zeroPoint) && x.zeroPoint >= 0 && x.zeroPoint <= max) return true;
  fault(path, `the input's zero point is ${x.zeroPoint}: no value from 0 to ${max} is the zero that is needed`);
  return false;
}

/**
 * Output rows and columns of a window over `x`. `ceil`: a last window may hang over the declared margin, as where
 * PyTorch rounds sizes up; the declared output tells which of both it is.
 */
export function windowShape(
  window: WindowAttrs,
  x: EdgeType,
  output: EdgeType,
  options: { readonly ceil: boolean; readonly pads: boolean },
  fault: Fault,
): { readonly rows: number; readonly columns: number; readonly hangsOver: boolean } | undefined {
  const [top, left, bottom, right] = window.padding;
  const sizes: number[] = [];
  let hangsOver = false;
  for (const axis of [0, 1] as const) {
    const lead = axis === 0 ? top : left;
    const room = x.shape[axis] + lead + (axis === 0 ? bottom : right);
    const span = (window.kernel[axis] - 1) * window.dilation[axis] + 1;
    if (span > room)
      return fault(
        ["window", "kernel"],
        `a kernel that spans ${span} does not fit into ${room}, the input of ${x.shape[axis]} with its padding`,
      );
    const floor = Math.floor((room - span) / window.stride[axis]) + 1;
    let ceil = Math.ceil((room - span) / window.stride[axis]) + 1;
    if ((ceil - 1) * window.stride[axis] >= x.shape[axis] + lead) ceil--;
    const declared = output.shape[axis];
    const over = options.ceil && declared === ceil && ceil > floor;
    hangsOver ||= over;
    sizes.push(over ? ceil : floor);
  }
  if (options.pads && (hangsOver || window.padding.some((p) => p > 0)) && !zeroFits(x, ["window", "padding"], fault))
    return undefined;
  return { rows: sizes[0]!, columns: sizes[1]!, hangsOver };
}

/** Whether each window of a pool has a tap on the image. */
export function windowsOnImage(window: WindowAttrs, x: EdgeType, size: readonly number[], fault: Fault): boolean {
  for (const axis of [0, 1] as const)
    for (let o = 0; o < size[axis]!; o++) {
      const first = o * window.stride[axis] - window.padding[axis];
      const step = window.dilation[axis];
      const skipped = first < 0 ? Math.ceil(-first / step) : 0;
      if (skipped < window.kernel[axis] && first + skipped * step < x.shape[axis]) continue;
      fault(
        ["window", "padding"],
        `window ${o} along the ${axis === 0 ? "rows" : "columns"} lies in the padding alone`,
      );
      return false;
    }
  return true;
}

/** Exact, where the logarithm of a large number is rounded. */
const isPower = (m: number): boolean => m === 0 || 2 ** Math.round(Math.log2(Math.abs(m))) === Math.abs(m);

const isTwoTerms = (m: number): boolean => twoTerms(m)?.every(isPower) ?? false;

/**
 * Results of a requantize step over accumulators of `acc`, into an edge of `output`; `constants`: multipliers and
 * constants it must have.
 */
export function requantRange(
  q: Requant,
  acc: IntRange,
  output: EdgeType,
  constants: number,
  fault: Fault,
): IntRange | undefined {
  const lists = [
    ["multiplier", q.multiplier],
    ["bias", q.bias],
    ...(q.negative ? [["negative", q.negative.multiplier] as const, ["negative", q.negative.bias] as const] : []),
  ] as const;
  for (const [key, list] of lists)
    if (list.length !== constants)
      return fault(["requant", key], `${list.length} constants where ${constants} are needed`);
  const largest = Math.max(Math.abs(acc.min), Math.abs(acc.max));
  for (const part of [q, ...(q.negative ? [q.negative] : [])]) {
    const at = part === q ? ["requant"] : ["requant", "negative"];
    for (const [c, m] of part.multiplier.entries()) {
      if (q.mode === "pow2" && !isPower(m))
        return fault([...at, "multiplier", c], `mode "pow2" takes powers of two, and ${m} is none`);
      if (q.mode === "csd2" && !isTwoTerms(m))
        return fault([...at, "multiplier", c], `mode "csd2" takes sums of two powers of two, and ${m} is none`);
      if (largest * Math.abs(m) + Math.abs(part.bias[c]!) > WORD_MAX)
        return fault(
          [...at, "multiplier", c],
          `sums of ${text(acc)} times ${m} with constant ${part.bias[c]} need more than 52 bits`,
        );
    }
  }
  const holds = rangeOfBits(output.bits, output.signed);
  if (q.clamp && !within(q.clamp, holds))
    return fault(["requant", "clamp"], `the clamp to ${text(q.clamp)} exceeds the output's ${text(holds)}`);
  if (q.negative && !within({ min: q.negative.pivot, max: q.negative.pivot }, holds))
    return fault(["requant", "negative", "pivot"], `pivot ${q.negative.pivot} is outside the output's ${text(holds)}`);
  return requantArith.range(q, acc);
}

/** Sums of an array layer: geometry, weights, accumulator, requantize step. */
export function arrayOutcome(
  node: SadNode | MacNode,
  { inputs, output }: NodeTypes,
  fault: Fault,
): Outcome | undefined {
  if (!inputCount(inputs, 1, 1, fault) || !features(inputs, fault)) return undefined;
  const x = inputs[0]!;
  const { window, weights, accRange } = node;
  const size = windowShape(window, x, output, { ceil: false, pads: true }, fault);
  if (!size) return undefined;
  const filters = weights.rows.length;
  if (x.shape[2] % window.groups !== 0 || filters % window.groups !== 0)
    return fault(
      ["window", "groups"],
      `${window.groups} groups do not divide ${x.shape[2]} input channels and ${filters} rows of weights`,
    );
  const taps = window.kernel[0] * window.kernel[1] * (x.shape[2] / window.groups);
  if (weights.signed !== (node.op === "mac"))
    return fault(["weights", "signed"], `weights of op "${node.op}" are ${node.op === "mac" ? "signed" : "unsigned"}`);
  const holds = rangeOfBits(weights.bits, weights.signed);
  for (const [o, row] of weights.rows.entries()) {
    if (row.length !== taps)
      return fault(["weights", "rows", o], `${row.length} weights where kernel and channels make ${taps}`);
    const bad = row.findIndex((w) => w < holds.min || w > holds.max);
    if (bad >= 0)
      return fault(
        ["weights", "rows", o, bad],
        `weight ${row[bad]} is outside ${text(holds)}, what ${weights.bits} bits hold`,
      );
  }
  const arith = node.op === "sad" ? sad : mac;
  const sums = arith.partialRange(windowRange(window, x), weights.rows);
  if (!within(sums, accRange))
    return fault(["accRange"], `the sums of these weights reach ${text(sums)}, outside ${text(accRange)}`);
  const range = requantRange(node.requant, accRange, output, filters, fault);
  return range && { shape: [size.rows, size.columns, filters], range };
}

/** Values of a mean with a divisor for each position: each has constants of its own in hardware. */
const LARGEST_CLASSES = 2 ** 16;

export function meanOutcome(node: AvgPoolNode, { inputs, output }: NodeTypes, fault: Fault): Outcome | undefined {
  if (!inputCount(inputs, 1, 1, fault) || !features(inputs, fault)) return undefined;
  const x = inputs[0]!;
  const { window, classes } = node;
  if (window.groups !== 1) return fault(["window", "groups"], "a pool has one group");
  const size = windowShape(window, x, output, { ceil: true, pads: true }, fault);
  if (!size) return undefined;
  const channels = x.shape[2];
  const positions = size.rows * size.columns;
  let constants = channels;
  if (classes) {
    if (classes.length !== positions)
      return fault(["classes"], `${classes.length} classes for ${positions} output positions`);
    if (positions * channels > LARGEST_CLASSES)
      return fault(["classes"], `classes of positions are for maps of at most ${LARGEST_CLASSES} values`);
    let most = 0;
    for (const [i, k] of classes.entries()) {
      if (k >= positions) return fault(["classes", i], `class ${k} of ${positions} output positions`);
      most = Math.max(most, k);
    }
    constants = channels * (most + 1);
  }
  const taps = window.kernel[0] * window.kernel[1];
  const sums = windowSum.partialRange(windowRange(window, x, size.hangsOver), taps);
  if (!within(sums, node.accRange))
    return fault(["accRange"], `sums of ${taps} taps reach ${text(sums)}, outside ${text(node.accRange)}`);
  const range = requantRange(node.requant, node.accRange, output, constants, fault);
  return range && { shape: [size.rows, size.columns, channels], range };
}

/** Results of a join of edges of one shape. */
export function sumRange(a: AddConstants, { inputs, output }: NodeTypes, fault: Fault): IntRange | undefined {
  if (!inputCount(inputs, 2, 8, fault) || !features(inputs, fault)) return undefined;
  const other = inputs.findIndex((x) => x.shape.some((n, i) => n !== inputs[0]!.shape[i]));
  if (other >= 0) return fault(["inputs", other], "the inputs have different shapes");
  if (a.multipliers.length !== inputs.length)
    return fault(["multipliers"], `${a.multipliers.length} multipliers for ${inputs.length} inputs`);
  const large = a.multipliers.findIndex((m) => m >= 2 ** 31);
  if (large >= 0) return fault(["multipliers", large], `multiplier ${a.multipliers[large]} needs more than 32 bits`);
  if (Math.abs(a.bias) >= 2 ** 47) return fault(["bias"], `constant ${a.bias} needs more than 48 bits`);
  const holds = rangeOfBits(output.bits, output.signed);
  if (output.signed || !within(a.clamp, holds))
    return fault(["clamp"], `the clamp to ${text(a.clamp)} exceeds the output's ${text(holds)}`);
  return add.range(
    a,
    inputs.map((x) => x.range),
  );
}
