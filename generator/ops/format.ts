// What hardware is sized for where a layer's weights are written at run time: any weights of the format, not those at hand.
import { bitsFor, signedBitsFor } from "../../golden/arith/index.ts";
import type { MacNode, Requant, SadNode } from "../ir/quantized.ts";
import type { EdgeType, IntRange } from "../ir/tensor.ts";
import { twoTerms } from "./terms.ts";

type ArrayNode = SadNode | MacNode;

/** Widths of a requantize step's constants: bits of a multiplier (mode full) or of an exponent, and of a constant. */
export type ConstantFormat = NonNullable<ArrayNode["format"]>;

/** Multipliers of a set of weights trained later may be 2^HEADROOM times as large as those at hand. */
const HEADROOM = 2;

const top = (bits: number): number => 2 ** bits - 1;

/** Sums that any weights of the node's format give with any input. */
export function formatRange({ op, weights }: ArrayNode, x: EdgeType): IntRange {
  const taps = weights.rows[0]!.length;
  if (op === "sad") return { min: 0, max: taps * Math.max(top(x.bits), top(weights.bits)) };
  const half = 2 ** (weights.bits - 1);
  return { min: -taps * top(x.bits) * half, max: taps * top(x.bits) * (half - 1) };
}

/** The same of the shared-sum kernel: sums of |x - w| + w. */
export function sharedFormatRange({ weights }: ArrayNode, x: EdgeType): IntRange {
  return { min: 0, max: weights.rows[0]!.length * Math.max(top(x.bits), 2 * top(weights.bits)) };
}

const pairsOf = (q: Requant) => [q, ...(q.negative ? [q.negative] : [])];

/** Bits of the multipliers of a step (mode full), or of the exponents of their powers of two. */
export function multiplierBits(q: Requant): number {
  const all = pairsOf(q).flatMap((p) => p.multiplier);
  if (q.mode === "full")
    return Math.max(2, ...all.map((m) => signedBitsFor({ min: Math.min(m, 0), max: Math.max(m, 0) })));
  const terms = all.flatMap((m) => (q.mode === "csd2" ? twoTerms(m)! : [m])).filter((m) => m !== 0);
  const largest = Math.max(0, ...terms.map((m) => Math.floor(Math.log2(Math.abs(m)))));
  return Math.max(1, bitsFor({ min: 0, max: largest }));
}

/** The largest multiplier of so many bits. */
function largestMultiplier(mode: Requant["mode"], bits: number): bigint {
  if (mode === "full") return 1n << BigInt(bits - 1);
  return (mode === "csd2" ? 2n : 1n) << BigInt(2 ** bits - 1);
}

const magnitude = ({ min, max }: IntRange): bigint => BigInt(Math.max(Math.abs(min), Math.abs(max)));

/** The largest product of a step whose accumulators are in `acc`. */
const largestProduct = (q: Requant, acc: IntRange, bits: number): bigint =>
  magnitude(acc) * largestMultiplier(q.mode, bits);

/**
 * Constants that change anything, behind products of `product` at most: larger ones give the clamp's end whatever the
 * product. Undefined for raw results, which have no clamp.
 */
function constantRange(q: Requant, product: bigint): { min: bigint; max: bigint } | undefined {
  if (!q.clamp) return undefined;
  const ends = [q.clamp.min, q.clamp.max, ...(q.negative ? [q.negative.pivot] : [])];
  const step = 1n << BigInt(q.shift);
  return {
    min: BigInt(Math.min(...ends) - 1) * step - product,
    max: BigInt(Math.max(...ends) + 1) * step + product,
  };
}

/** Widths for the constants of sets trained later, from those at hand. */
export function constantFormat(node: ArrayNode, x: EdgeType): ConstantFormat {
  const q = node.requant;
  const bits = multiplierBits(q) + (q.mode === "full" ? HEADROOM : 0);
  const exponents = q.mode === "full" ? bits : bitsFor({ min: 0, max: Math.min(63, 2 ** multiplierBits(q) - 1) });
  const acc = node.op === "sad" ? sharedFormatRange(node, x) : formatRange(node, x);
  const product = largestProduct(q, acc, exponents);
  const own = BigInt(Math.max(1, ...pairsOf(q).flatMap((p) => p.bias.map(Math.abs))));
  const range = constantRange(q, product) ?? { min: -(product + own) * 2n, max: (product + own) * 2n };
  return { multiplierBits: exponents, biasBits: signedBitsFor(range) };
}

/** Range of raw results of any constants of the format. */
export function rawRange(node: ArrayNode, x: EdgeType, { multiplierBits: bits, biasBits }: ConstantFormat) {
  const most = largestProduct(node.requant, formatRange(node, x), bits) + (1n << BigInt(biasBits - 1));
  return { min: -most, max: most };
}

/** The step with constants that fit, where larger ones would give the same results; accumulators are in `acc`. */
export function withinFormat(q: Requant, acc: IntRange, format: ConstantFormat): Requant {
  const range = constantRange(q, largestProduct(q, acc, format.multiplierBits));
  if (!range) return q;
  const [min, max] = [Number(range.min), Number(range.max)];
  // Ends beyond 2^53 are no numbers, and no constant reaches them.
  if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max)) return q;
  const cut = <P extends { readonly bias: readonly number[] }>(p: P): P => ({
    ...p,
    bias: p.bias.map((b) => Math.max(min, Math.min(max, b))),
  });
  return { ...cut(q), ...(q.negative ? { negative: cut(q.negative) } : {}) };
}
