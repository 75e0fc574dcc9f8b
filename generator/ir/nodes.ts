// The nodes of the integer network, one schema an op: the types of ir/quantized.ts and the integer file derive from these.
import { z } from "zod";
import { HOMES } from "./graph.ts";

/** Largest size of one axis, as in a network file. */
const side = z.int().min(1).max(4096);
const margin = z.int().min(0).max(4096);
const two = z.tuple([side, side]);

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
  /** Those of them that a user gave as options of a command; no file holds it. */
  given: z.custom<readonly ("pe" | "simd" | "pixels" | "unroll" | "home")[]>((v) => v === undefined).optional(),
});

const base = {
  name: z.string().min(1),
  inputs: z.array(z.string()).min(1),
  output: z.string().min(1),
  layers: z.array(z.string()),
  path: z.array(z.union([z.string(), z.int()])),
  overrides: overridesSchema,
};
const node = <Op extends string, Fields extends z.ZodRawShape>(op: Op, fields: Fields) =>
  z.strictObject({ op: z.literal(op), ...base, ...fields });

/**
 * Of a node whose weights are written at run time: bits of the constants behind its sums, for sets that come later. The
 * sums' range is that of any weights of the format then.
 */
export const formatSchema = z.strictObject({
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

export const nodeSchema = z.discriminatedUnion("op", [
  node("sad", weighted),
  node("mac", weighted),
  node("requant", { requant: requantSchema }),
  node("max_pool", { window: windowSchema }),
  node("avg_pool", {
    window: windowSchema,
    accRange: rangeSchema,
    requant: requantSchema,
    classes: z.array(z.int().min(0)).optional(),
  }),
  node("add", {
    multipliers: z.array(z.int().min(0)).min(2),
    bias: z.int(),
    shift: z.int().min(0).max(60),
    clamp: rangeSchema,
  }),
  node("table", { table: z.array(z.int().min(0)).min(1) }),
  node("concat", {}),
  node("upsample", { factor: two }),
  node("depth_to_space", { block: two, order: z.enum(["crd", "dcr"]) }),
  node("pad", { window: windowSchema }),
  node("argmax", {}),
  node("reshape", {}),
]);

/** The same value, that nobody changes any more. */
export type Fixed<T> = T extends Int32Array | string | number | boolean | null | undefined
  ? T
  : { readonly [K in keyof T]: Fixed<T[K]> };
export type AnyNode = Fixed<z.output<typeof nodeSchema>>;
