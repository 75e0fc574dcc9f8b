// The nodes of the integer network, one schema an op: the types of ir/quantized.ts and the integer file derive from these.
import { z } from "zod";
import { HOMES } from "./graph.ts";

/** Largest size of one axis, as in a network file. */
const extent = z.int().min(1).max(4096);
const margin = z.int().min(0).max(4096);
const two = z.tuple([extent, extent]);

export const rangeSchema = z
  .strictObject({ min: z.int(), max: z.int() })
  .refine(({ min, max }) => min <= max, "min is above max");

const windowSchema = z.strictObject({
  kernel: two,
  stride: two,
  dilation: two,
  padding: z.tuple([margin, margin, margin, margin]),
  groups: z.int().min(1),
});

const pair = { multiplier: z.array(z.int()).min(1), bias: z.array(z.int()).min(1) };

export const requantSchema = z.strictObject({
  mode: z.enum(["full", "pow2", "csd2"]),
  ...pair,
  shift: z.int().min(0).max(60),
  clamp: rangeSchema.nullable(),
  negative: z.strictObject({ ...pair, pivot: z.int() }).optional(),
});

export const weightsSchema = z.strictObject({
  rows: z
    .array(
      z
        .array(z.int().min(-65536).max(65535))
        .min(1)
        .transform((r): Int32Array => Int32Array.from(r)),
    )
    .min(1),
  bits: z.int().min(1).max(17),
  signed: z.boolean(),
});

const overridesSchema = z.strictObject({
  bits: z.int().min(1).max(16).optional(),
  pe: z.int().min(1).optional(),
  simd: z.int().min(1).optional(),
  pixels: z.int().min(1).optional(),
  unroll: z.boolean().optional(),
  home: z.enum(HOMES).optional(),
  coded: z.boolean().optional(),
  bands: z.int().min(1).optional(),
  /** Those of them that a user gave as options of a command; no file holds it. */
  given: z
    .custom<readonly ("pe" | "simd" | "pixels" | "unroll" | "home" | "coded" | "bands")[]>((v) => v === undefined)
    .optional(),
});

const base = {
  name: z.string().min(1),
  inputs: z.array(z.string()).min(1),
  output: z.string().min(1),
  layers: z.array(z.string()),
  path: z.array(z.union([z.string(), z.int()])),
  overrides: overridesSchema,
};
/** An op: the fields of its nodes, and its output at row y, column x and channel c, as docs/export.md tells it. */
const node = <Op extends string, Fields extends z.ZodRawShape>(op: Op, output: string, fields: Fields) =>
  z.strictObject({ op: z.literal(op), ...base, ...fields }).describe(output);

/**
 * Of a node whose weights are written at run time: bits of the constants behind its sums, for sets that come later. The
 * sums' range is that of any weights of the format then.
 */
const formatSchema = z.strictObject({
  /** Of a multiplier in mode full, of an exponent in the others. */
  multiplierBits: z.int().min(1).max(32),
  biasBits: z.int().min(2).max(128),
});

const weighted = {
  window: windowSchema,
  weights: weightsSchema,
  accRange: rangeSchema,
  requant: requantSchema,
  format: formatSchema.optional(),
};

const apart = two.describe("[down, right]");

export const nodeSchema = z.discriminatedUnion("op", [
  node("sad", "as above, over the taps of the window", weighted),
  node("mac", "as above, over the taps of the window", weighted),
  node("requant", "as above with acc = q", { requant: requantSchema }),
  node("max_pool", "the largest q of the window; taps outside the image take no part", { window: windowSchema }),
  node(
    "avg_pool",
    "as above with acc = sum of the window; with `classes`, the class k of each position in raster order, constants k * channels + c",
    {
      window: windowSchema,
      accRange: rangeSchema,
      requant: requantSchema,
      classes: z.array(z.int().min(0)).optional(),
    },
  ),
  node("add", "as above; inputs of one shape", {
    multipliers: z.array(z.int().min(0)).min(2),
    bias: z.int(),
    shift: z.int().min(0).max(60),
    clamp: rangeSchema,
  }),
  node("table", "`table[q]`", { table: z.array(z.int().min(0)).min(1) }),
  node("concat", "the channels of the inputs one after the other", {}),
  node("upsample", "the input at [y / down, x / right], rounded down", { factor: apart }),
  node(
    "depth_to_space",
    "of pixel [y / down, x / right] channel k: with dy = y % down, dx = x % right and C channels k = (c * down + dy) * right + dx in order `crd`, (dy * right + dx) * C + c in `dcr`",
    { block: apart, order: z.enum(["crd", "dcr"]) },
  ),
  node(
    "zero_insert",
    "the input at [y / down, x / right] where both divide without a rest, its zero point elsewhere; nothing behind the last row and column",
    { factor: apart },
  ),
  node("pad", "the input inside a margin of its zero point", { window: windowSchema }),
  node("argmax", "index of the pixel's largest channel, the lowest on a tie", {}),
  node("reshape", "the same values in raster order (row, column, channel)", {}),
]);

/** What docs and exports need not say of each op: names, and constants that are exported as arrays of their own. */
const elsewhere = [
  ...["op", ...Object.keys(base), "weights", "accRange", "requant", "format"],
  ...["multipliers", "bias", "shift", "clamp"],
];

/** Fields of an op beside its name, edges and arrays: what its nodes compute. */
export const ownFields = (op: AnyNode["op"]): readonly string[] =>
  Object.keys(nodeSchema.options.find((o) => o.shape.op.value === op)!.shape).filter((k) => !elsewhere.includes(k));

/** The same value, that nobody changes any more. */
export type Fixed<T> = T extends Int32Array | string | number | boolean | null | undefined
  ? T
  : { readonly [K in keyof T]: Fixed<T[K]> };
export type AnyNode = Fixed<z.output<typeof nodeSchema>>;

/**
 * A node of one op or of several. Of every op: `inputs` and `output` are names of edges, and an edge bears the name of
 * the network layer whose result it is; `layers` are the network's layers that this node computes, in order (fused ones
 * included).
 */
type Node<Op extends AnyNode["op"]> = Extract<AnyNode, { readonly op: Op }>;

/** acc[o] = SUM |x_k - w_k[o]|, unsigned; then requantize. Taps outside the image are x = zeroPoint of the input edge. */
export type SadNode = Node<"sad">;

/** acc[o] = SUM x_k * w_k[o], signed (the zero point's part is in the bias); then requantize. */
export type MacNode = Node<"mac">;

/** Requantizes each value of one edge: standalone batch norm, activation, the input's normalization. */
export type RequantNode = Node<"requant">;

/** Largest q of the window; taps outside the image never win. */
export type MaxPoolNode = Node<"max_pool">;

/**
 * acc = SUM q over the taps (those outside the image count as zeroPoint); then requantize, which divides.
 * Where windows have several divisors, `classes` has the class of each output position in raster order: the constants
 * of class k and channel c are entry k * channels + c of the requantize step. Absent: one class.
 */
export type AvgPoolNode = Node<"avg_pool">;

/** q = clamp(floor((SUM_i q_i * multiplier_i + bias) / 2^shift)), channel-wise, two or more inputs of one shape. */
export type AddNode = Node<"add">;

/** q = table[x], value by value: a function without a simple formula. One entry for every value of the input's bits. */
export type TableNode = Node<"table">;

/** The channels of the inputs one after the other; all inputs have one scale. */
export type ConcatNode = Node<"concat">;

/** Every pixel repeated `factor` times down and right. */
export type UpsampleNode = Node<"upsample">;

/**
 * The channels of a pixel become a block of [down, right] pixels: channel c of pixel (dy, dx) of the block is channel
 * (c*down + dy)*right + dx (crd) or (dy*right + dx)*C + c (dcr) of the input.
 */
export type DepthToSpaceNode = Node<"depth_to_space">;

/** The input inside a margin of real zeros (its zeroPoint): a window of one tap with padding. */
export type PadNode = Node<"pad">;

/**
 * Pixel (y, x) of the input becomes pixel (y * down, x * right) of (H - 1) * down + 1 rows and as many columns; all others
 * are real zeros (the input's zeroPoint). What a transposed convolution slides its window over.
 */
export type ZeroInsertNode = Node<"zero_insert">;

/** Index of the largest channel of each pixel, the lowest on a tie; one channel comes out. */
export type ArgmaxNode = Node<"argmax">;

/** The same values under another shape (flatten): raster HWC order is kept. */
export type ReshapeNode = Node<"reshape">;
