// What a description of a network in integers may say.
import { z } from "zod";
import { layersSchema } from "../../1-parse/kinds-schema.ts";

export const DESCRIPTION = "addernet-rtl/integer-layers-1";

const size = z.int().min(1).max(4096);
const margin = z.int().min(0).max(4096);
const pairOf = (n: typeof size) => z.union([n, z.tuple([n, n])]);

/** Types of the values of a plain binary file, little-endian. */
export const RAW = { int8: 1, uint8: 1, int16: 2, uint16: 2, int32: 4, uint32: 4 } as const;

const arrayRef = z
  .union([
    z.int(),
    z.string().min(1),
    z.strictObject({
      file: z.string().min(1),
      name: z.string().min(1).optional().describe("array of an .npz or .safetensors file"),
      dtype: z
        .enum(Object.keys(RAW) as [keyof typeof RAW])
        .optional()
        .describe("values of a plain binary file"),
      offset: z.int().min(0).optional().describe("its first byte; default: behind what was read of the file before"),
    }),
    z.array(z.unknown()),
  ])
  .describe(
    "one integer, an array in the description, a name in its weights file, or { file, name } or { file, dtype }",
  );
export type ArrayRef = z.output<typeof arrayRef>;

const ROUNDINGS = ["floor", "nearest", "ceil", "truncate"] as const;

const constants = {
  multiplier: arrayRef.optional().describe("one integer, or one per channel; default: 1"),
  bias: arrayRef.optional().describe("added to the product, one integer, or one per channel; default: 0"),
  shift: arrayRef.optional().describe("bits shifted right, one number, or one per channel; default: 0"),
  divisor: z.int().min(1).max(65536).optional().describe("divides too; default: 1"),
  round: z.enum(ROUNDINGS).optional().describe("how the quotient becomes an integer; default: floor"),
  clamp: z.tuple([z.int(), z.int()]).nullable().optional().describe("smallest and largest result; null: none"),
  scale: z.number().positive().optional().describe("real value of a step of the result; default: 1"),
};
const base = {
  name: z.string().min(1).max(200).optional(),
  inputs: z.array(z.string()).min(1).optional().describe("layers that it reads; default: the one before"),
};
const window = {
  kernel: pairOf(size).optional(),
  stride: pairOf(size).optional(),
  dilation: pairOf(size).optional(),
  padding: z
    .union([margin, z.tuple([margin, margin]), z.tuple([margin, margin, margin, margin])])
    .optional()
    .describe("zeros around the map: one, [vertical, horizontal] or [top, left, bottom, right]"),
};

const weights = { weights: arrayRef.describe("integers"), ...constants };
const kind = <K extends string, S extends z.ZodRawShape>(name: K, fields: S) =>
  z.strictObject({ ...base, kind: z.literal(name), ...fields });
const conv = { ...window, kernel: pairOf(size), filters: size, groups: size.optional(), ...weights };
const dense = { units: size, ...weights };

export const layerSchemas = {
  adder_conv2d: kind("adder_conv2d", conv),
  conv2d: kind("conv2d", conv),
  adder_linear: kind("adder_linear", dense),
  linear: kind("linear", dense),
  requantize: kind("requantize", constants),
  max_pool2d: kind("max_pool2d", { ...window, kernel: pairOf(size) }),
  avg_pool2d: kind("avg_pool2d", { ...window, kernel: pairOf(size), ...constants }),
  add: kind("add", {
    ...constants,
    multiplier: z.array(z.int().min(0)).optional().describe("one integer per input; default: 1"),
    bias: z.int().optional(),
    shift: z.int().min(0).max(60).optional(),
  }),
  concat: kind("concat", {}),
  upsample: kind("upsample", { factor: pairOf(size) }),
  pad: kind("pad", { padding: window.padding.unwrap() }),
  flatten: kind("flatten", {}),
  argmax: kind("argmax", {}),
} as const;
export type LayerKind = keyof typeof layerSchemas;
export type Layer = { [K in LayerKind]: z.output<(typeof layerSchemas)[K]> }[LayerKind];
export type Constants = z.output<z.ZodObject<typeof constants>>;

export const descriptionSchema = z.strictObject({
  $schema: z.string().optional().describe("address of this schema, for editors"),
  format: z.literal(DESCRIPTION),
  name: z.string().min(1).max(100),
  layout: z
    .enum(["pytorch", "channels_last"])
    .optional()
    .describe("order of weights and of flattened maps; default: pytorch (channels first)"),
  weights: z.string().min(1).optional().describe("file of the arrays that layers name"),
  input: z.strictObject({
    shape: z.tuple([size, size, size]).describe("height, width, channels"),
    storage: z.enum(["uint8", "int8", "uint16"]).optional().describe("default: uint8"),
    scale: z.number().positive().optional(),
  }),
  layers: z.array(z.unknown()).min(1),
  outputs: z.array(z.string()).min(1).optional().describe("layers whose results leave; default: the last"),
});
export type Description = Omit<z.output<typeof descriptionSchema>, "layers"> & { readonly layers: readonly Layer[] };

/** The JSON Schema of the description, for editors. */
export function integersJsonSchema(): Record<string, unknown> {
  const base = z.toJSONSchema(descriptionSchema, { io: "input" }) as Record<string, unknown>;
  const kinds = Object.entries(layerSchemas).map(([kind, schema]) => ({ kind, schema }));
  (base.properties as Record<string, unknown>).layers = layersSchema(kinds);
  return { ...base, title: "addernet-rtl network of integers" };
}
