// The network file's own fields; each layer kind brings its schema from generator/layers.
import { z } from "zod";
import { METHOD_CHOICES, MODES } from "../ir/quantize-options.ts";
import { TASKS } from "../ir/task.ts";
import { layers } from "../layers/index.ts";
import { layersSchema } from "./kinds-schema.ts";

export const FORMAT = "addernet-rtl/1";

const size = z.int().min(1).max(65536);
const perChannel = z.union([z.number(), z.array(z.number()).min(1)]);

export const inputSchema = z
  .strictObject({
    name: z.string().min(1).max(200).default("input").describe('name by which layers refer to it; default: "input"'),
    shape: z.tuple([size, size, size]).describe("[height, width, channels]; a vector of n values is [1, 1, n]"),
    storage: z
      .enum(["uint8", "int8", "uint16"])
      .default("uint8")
      .describe("type of the stored values q that arrive on the stream"),
    scale: z
      .number()
      .positive()
      .default(1)
      .describe("real value of one stored step (1/255 for images scaled to 0..1); default: 1"),
    zero_point: z.int().default(0).describe("stored value that means 0; default: 0"),
    mean: perChannel.optional().describe("subtracted after scaling, one number, or one per channel; default: 0"),
    std: perChannel.optional().describe("divides after the mean, one number, or one per channel; default: 1"),
  })
  .describe("what arrives: real value = ((q - zero_point) * scale - mean) / std");

export const quantizationSchema = z
  .strictObject({
    calibration: z
      .string()
      .min(1)
      .optional()
      .describe("images (.npy beside this file) whose activations fix the scales"),
    bits: z
      .int()
      .min(2)
      .max(16)
      .optional()
      .describe("bits of every edge and weight for which no layer says otherwise; default: 8"),
    join_bits: z
      .int()
      .min(2)
      .max(16)
      .optional()
      .describe(
        "minimum bits of what a residual add or a mean reads; default: 8, or 6 where method auto finds that the outputs lose nothing by it",
      ),
    product_bits: z
      .int()
      .min(2)
      .max(16)
      .optional()
      .describe("minimum bits of activations and weights of conv2d and linear; default: 8"),
    mode: z
      .enum(MODES)
      .optional()
      .describe('requantize multipliers: "full" integers, "pow2" one power of two, "csd2" two; default: full'),
    method: z
      .enum(METHOD_CHOICES)
      .optional()
      .describe(
        'range of an edge: "max", "percentile" or "mse" of what calibration saw, or "auto", the best of them by the error of the outputs; default: auto',
      ),
    percentile: z
      .number()
      .min(50)
      .max(100)
      .optional()
      .describe("share of the values that method percentile covers, in percent; default: 99.97"),
    output_bits: z
      .int()
      .min(2)
      .max(16)
      .optional()
      .describe("bits of the results that leave the network; default: raw sums, as wide as they need to be"),
    multiplier_bits: z
      .int()
      .min(4)
      .max(24)
      .optional()
      .describe("bits of a requantize multiplier in mode full; default: 16"),
  })
  .describe("defaults of quantization; command line options win");

const place = (what: string) =>
  z
    .strictObject({
      output: z.string().min(1).optional().describe("one of the network's outputs; default: the first"),
      channel: z.int().min(0).describe("its first channel"),
    })
    .optional()
    .describe(`boxes: ${what}`);

export const taskFileSchema = z
  .strictObject({
    kind: z.enum(TASKS).describe("a class for an image, a class for every pixel, boxes, or an image"),
    output: z
      .string()
      .min(1)
      .optional()
      .describe("classes, mask, image: one of the network's outputs; default: the first"),
    names: z
      .array(z.string().min(1).max(100))
      .min(1)
      .optional()
      .describe("names of the classes, in order; needed for boxes"),
    threshold: z
      .number()
      .optional()
      .describe(
        "mask of one channel: the value above which a pixel belongs to it, default 0; boxes: the lowest score that counts, default 0.05",
      ),
    stride: z
      .union([z.number().positive(), z.tuple([z.number().positive(), z.number().positive()])])
      .optional()
      .describe("boxes: pixels of the input from one cell to the next, [down, right] or one number"),
    scores: place("where the score of each class stands, before the sigmoid"),
    centers: place("where x, then y of the centre stand: from the middle of the cell, in strides"),
    sizes: place("where the natural logarithms of width, then height stand, in strides"),
    overlap: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        "boxes: one that overlaps a better one of its class by more (intersection over union) is dropped; default: 0.5",
      ),
    gain: z.number().optional().describe("image: sample of 0 to 255 = real value * gain + offset; default: 255"),
    offset: z.number().optional().describe("image: see gain; default: 0"),
  })
  .describe("what the outputs are for: how infer --task and the driver of a Zynq board read them");

export const networkSchema = z.strictObject({
  $schema: z.string().optional().describe("address of this schema, for editors"),
  format: z.literal(FORMAT).describe("version of this format"),
  name: z.string().min(1).max(100).describe("name of the network; prefix of every Verilog module"),
  description: z.string().optional().describe("free text"),
  input: inputSchema,
  weights: z.string().min(1).optional().describe("weights file beside this one: .safetensors, .npz or .npy"),
  layout: z
    .enum(["pytorch", "channels_last"])
    .default("pytorch")
    .describe(
      'order of the tensors in the files: "pytorch" is channels first (weights [out, in, height, width], flatten by channel; dense layers are permuted, and what would leave in another order is refused), "channels_last" is the order of the streams',
    ),
  layers: z.array(z.looseObject({ name: z.string(), kind: z.string() })).describe("the layers in order"),
  quantization: quantizationSchema.optional(),
  outputs: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("layers whose results leave the network; default: the last layer"),
  task: taskFileSchema.optional(),
});

/** JSON Schema of the whole format, for editors and documentation. */
export function jsonSchema(): Record<string, unknown> {
  const base = z.toJSONSchema(networkSchema, { io: "input" }) as Record<string, unknown>;
  (base.properties as Record<string, unknown>).layers = layersSchema(layers.values());
  return { ...base, title: "addernet-rtl network" };
}
