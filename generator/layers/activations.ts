// Activations that a requantize step carries: limits, and another slope below zero.
import { z } from "zod";
import type { GraphNode } from "../ir/graph.ts";
import {
  type Activation,
  commonFields,
  defineLayer,
  type LayerDef,
  type LayerJson,
  type TensorRef,
  tensorRef,
} from "./define.ts";
import { channelsOf } from "./order.ts";

function activation<F extends z.ZodRawShape>(
  kind: string,
  summary: string,
  of: (attrs: z.output<z.ZodObject<F>>, channels: number, tensors: GraphNode["tensors"]) => Activation,
  fields: F,
  tensors?: LayerDef["tensors"],
): LayerDef {
  return defineLayer({
    kind,
    summary,
    inputs: { min: 1, max: 1 },
    schema: z.strictObject({ kind: z.literal(kind), ...commonFields, ...fields }),
    infer: (layer: LayerJson, [x]) => ({
      feature: x!,
      // Stage 1 has checked them.
      attrs: Object.fromEntries(Object.keys(fields).map((k) => [k, layer[k]])) as z.output<z.ZodObject<F>>,
    }),
    ...(tensors ? { tensors } : {}),
    quantize: { role: "activation", activation: (node) => of(node.attrs, node.shape[2], node.tensors) },
  });
}

export const relu = activation("relu", "y = max(0, x)", () => ({ lower: 0 }), {});
export const relu6 = activation("relu6", "y = min(6, max(0, x))", () => ({ lower: 0, upper: 6 }), {});
export const hardTanh = activation("hard_tanh", "y = min(1, max(-1, x))", () => ({ lower: -1, upper: 1 }), {});
export const leakyRelu = activation(
  "leaky_relu",
  "y = x for x >= 0, slope * x below",
  (a, channels) => ({ negativeSlope: new Array<number>(channels).fill(a.slope) }),
  { slope: z.number().min(0).max(1).default(0.01).describe("slope below zero; default: 0.01") },
);

export const parametricRelu = activation(
  "parametric_relu",
  "y = x for x >= 0, slope[c] * x below, with a slope for each channel",
  (_a, channels, { slope }) => ({
    negativeSlope: Array.from({ length: channels }, (_, c) => slope!.data[slope!.data.length === 1 ? 0 : c]!),
  }),
  {
    slope: tensorRef.describe("slope below zero, shape [channels], or [1] with shared"),
    shared: z.boolean().default(false).describe("one slope for all channels; default: false"),
  },
  (layer, [x], _out, layout) => [
    {
      role: "slope",
      ref: layer.slope as TensorRef,
      field: "slope",
      shape: [layer.shared ? 1 : x!.shape[2]],
      arrange: layer.shared ? (t) => t : channelsOf(x!, layout),
    },
  ],
);
export const randomizedRelu = activation(
  "randomized_relu",
  "y = x for x >= 0, (lower + upper) / 2 * x below, as at inference",
  (a, channels) => ({
    negativeSlope: new Array<number>(channels).fill((a.lower + a.upper) / 2),
  }),
  {
    lower: z
      .number()
      .min(0)
      .max(1)
      .default(1 / 8)
      .describe("smallest slope of the training; default: 1/8"),
    upper: z
      .number()
      .min(0)
      .max(1)
      .default(1 / 3)
      .describe("largest slope of the training; default: 1/3"),
  },
);
export const sign = activation(
  "sign",
  "y = 1 for x >= 0, -1 below; a stream of one bit a value",
  () => ({
    result: { bits: 1, scale: 2, zeroPoint: 0.5 },
  }),
  {},
);

function table(
  kind: string,
  summary: string,
  value: (v: number) => number,
  results?: { readonly min: number; readonly max: number },
): LayerDef {
  return defineLayer({
    kind,
    summary,
    inputs: { min: 1, max: 1 },
    schema: z.strictObject({ kind: z.literal(kind), ...commonFields }),
    infer: (_layer, [x]) => ({ feature: x!, attrs: {} }),
    quantize: { role: "table", value, ...(results ? { results } : {}) },
  });
}

const hard = (v: number): number => Math.min(6, Math.max(0, v + 3)) / 6;
export const sigmoid = table("sigmoid", "y = 1 / (1 + exp(-x))", (v) => 1 / (1 + Math.exp(-v)), { min: 0, max: 1 });
export const tanh = table("tanh", "y = tanh(x)", Math.tanh, { min: -1, max: 1 });
export const hardSigmoid = table("hard_sigmoid", "y = min(6, max(0, x + 3)) / 6", hard, { min: 0, max: 1 });
export const hardSwish = table("hard_swish", "y = x * min(6, max(0, x + 3)) / 6", (v) => v * hard(v));

export const power = defineLayer({
  kind: "power",
  summary: "y = sign(x) * |x|^exponent",
  inputs: { min: 1, max: 1 },
  schema: z.strictObject({
    kind: z.literal("power"),
    ...commonFields,
    exponent: z.number().min(0.1).max(4).describe("power of the magnitude; 1 changes nothing"),
  }),
  infer: (layer, [x]) => ({ feature: x!, attrs: { exponent: layer.exponent as number } }),
  quantize: { role: "table", value: (v, { exponent }) => Math.sign(v) * Math.abs(v) ** exponent },
});
