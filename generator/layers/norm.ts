// Per-channel affine layers: batch normalization at inference, and a bias on its own.
import { z } from "zod";
import {
  commonFields,
  defineLayer,
  type Feature,
  type LayerJson,
  type Layout,
  type TensorRef,
  tensorRef,
} from "./define.ts";
import { channelsOf } from "./order.ts";

type BatchNormJson = LayerJson & {
  prefix?: string;
  gamma?: TensorRef;
  beta?: TensorRef;
  mean?: TensorRef;
  variance?: TensorRef;
  eps?: number;
};

/** Names that PyTorch gives the tensors of a batch norm. */
const pytorchName = { gamma: "weight", beta: "bias", mean: "running_mean", variance: "running_var" } as const;

export const batchNorm = defineLayer({
  kind: "batch_norm",
  summary: "y = gamma * (x - mean) / sqrt(variance + eps) + beta for each channel",
  inputs: { min: 1, max: 1 },
  schema: z.strictObject({
    kind: z.literal("batch_norm"),
    ...commonFields,
    prefix: z
      .string()
      .min(1)
      .optional()
      .describe(
        "stands for PyTorch's four tensors: prefix.weight, .bias, .running_mean, .running_var; the layer's name where none is given",
      ),
    gamma: tensorRef.optional().describe("scale, shape [channels]; default: prefix.weight"),
    beta: tensorRef.optional().describe("offset, shape [channels]; default: prefix.bias"),
    mean: tensorRef.optional().describe("running mean, shape [channels]; default: prefix.running_mean"),
    variance: tensorRef.optional().describe("running variance, shape [channels]; default: prefix.running_var"),
    eps: z.number().positive().max(1).optional().describe("added to the variance; default: 1e-5"),
  }),
  infer: (layer, [x]) => ({ feature: x!, attrs: { eps: (layer as BatchNormJson).eps ?? 1e-5 } }),
  tensors(layer: LayerJson, [x]: readonly Feature[], _out: Feature, layout: Layout) {
    const a = layer as BatchNormJson;
    const prefix = a.prefix ?? a.name;
    return (["gamma", "beta", "mean", "variance"] as const).map((role) => ({
      role,
      ref: a[role] ?? `${prefix}.${pytorchName[role]}`,
      field: a[role] === undefined ? (a.prefix === undefined ? "name" : "prefix") : role,
      shape: [x!.shape[2]],
      arrange: channelsOf(x!, layout),
      nonNegative: role === "variance",
    }));
  },
  quantize: {
    role: "affine",
    affine(node) {
      const eps = node.attrs.eps;
      const { gamma, beta, mean, variance } = node.tensors;
      const scale = Array.from(gamma!.data, (g, c) => g / Math.sqrt(variance!.data[c]! + eps));
      return { scale, offset: scale.map((a, c) => beta!.data[c]! - a * mean!.data[c]!) };
    },
  },
});

export const bias = defineLayer({
  kind: "bias",
  summary: "y = x + bias for each channel",
  inputs: { min: 1, max: 1 },
  schema: z.strictObject({
    kind: z.literal("bias"),
    ...commonFields,
    bias: tensorRef.describe("one value added to each channel, shape [channels]"),
  }),
  infer: (_layer, [x]) => ({ feature: x!, attrs: {} }),
  tensors: (layer, [x], _out, layout) => [
    {
      role: "bias",
      ref: layer.bias as TensorRef,
      field: "bias",
      shape: [x!.shape[2]],
      arrange: channelsOf(x!, layout),
    },
  ],
  quantize: {
    role: "affine",
    affine: (node) => ({ scale: Array.from(node.tensors.bias!.data, () => 1), offset: [...node.tensors.bias!.data] }),
  },
});

export const scale = defineLayer({
  kind: "scale",
  summary: "y = scale * x + offset for each channel",
  inputs: { min: 1, max: 1 },
  schema: z.strictObject({
    kind: z.literal("scale"),
    ...commonFields,
    scale: tensorRef.describe("one factor for each channel, shape [channels]"),
    offset: tensorRef.optional().describe("one value added to each channel, shape [channels]; default: 0"),
  }),
  infer: (_layer, [x]) => ({ feature: x!, attrs: {} }),
  tensors: (layer, [x], _out, layout) =>
    (["scale", "offset"] as const).flatMap((role) =>
      layer[role] === undefined
        ? []
        : [
            {
              role,
              ref: layer[role] as TensorRef,
              field: role,
              shape: [x!.shape[2]],
              arrange: channelsOf(x!, layout),
            },
          ],
    ),
  quantize: {
    role: "affine",
    affine: ({ tensors: { scale, offset } }) => ({
      scale: [...scale!.data],
      offset: Array.from(scale!.data, (_, c) => offset?.data[c] ?? 0),
    }),
  },
});
