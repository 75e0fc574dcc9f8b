// Convolutions: adder_conv2d measures distances, conv2d multiplies.
import { z } from "zod";
import type { Reporter } from "../diagnostics/diagnostics.ts";
import type { WindowAttrs } from "../ir/graph.ts";
import { binaryAccumulation, macAccumulation, sadAccumulation } from "./accumulate.ts";
import {
  commonFields,
  defineLayer,
  type Feature,
  type LayerDef,
  type LayerJson,
  type Layout,
  tensorRef,
} from "./define.ts";
import { channelsOf, convWeights } from "./order.ts";
import { filtersBias, filtersField, type WeightedJson, weightsAndBias } from "./weighted.ts";
import { dividesIntoGroups, outputSize, type WindowJson, windowAttrs, windowFields } from "./window.ts";

const fields = {
  ...commonFields,
  filters: filtersField,
  ...windowFields,
  groups: z
    .int()
    .min(1)
    .optional()
    .describe("channel groups that see only their own inputs; the input channels for depthwise; default: 1"),
  weights: tensorRef.describe("weights, shape [filters, channels / groups, height, width] in PyTorch's order"),
  bias: filtersBias,
};

type ConvJson = WeightedJson & WindowJson & { filters: number; groups?: number };

function infer(layer: LayerJson, [x]: readonly Feature[], report: Reporter) {
  const a = layer as ConvJson;
  const groups = a.groups ?? 1;
  if (!dividesIntoGroups(x!, groups, a.filters, report)) return undefined;
  const window = windowAttrs(a, x!.shape, groups);
  const size = outputSize(x!.shape, window, report);
  return size && { feature: { shape: [size[0], size[1], a.filters] as const }, attrs: { ...window } };
}

function tensors(layer: LayerJson, [x]: readonly Feature[], _out: Feature, layout: Layout) {
  const a = layer as ConvJson;
  const w = windowAttrs(a, x!.shape, a.groups ?? 1);
  const inner = x!.shape[2] / w.groups;
  const [last, channels] = [convWeights(layout), channelsOf(x!, layout)];
  const shape = layout === "pytorch" ? [a.filters, inner, ...w.kernel] : [a.filters, ...w.kernel, inner];
  return weightsAndBias(a, a.filters, shape, { weights: (t) => channels(last(t)) });
}

const common = { inputs: { min: 1, max: 1 }, infer, tensors } satisfies Partial<LayerDef<WindowAttrs>>;

export const adderConv2d = defineLayer({
  kind: "adder_conv2d",
  summary: "y[o] = -SUM |x - w[o]| over the taps of the window",
  schema: z.strictObject({ kind: z.literal("adder_conv2d"), ...fields }),
  ...common,
  quantize: {
    role: "anchor",
    zeros: (node) => node.attrs,
    accumulate: (node, [x]) => sadAccumulation(node.tensors, node.attrs, x!),
  },
});

export const conv2d = defineLayer({
  kind: "conv2d",
  summary: "y[o] = SUM x * w[o] over the taps of the window",
  schema: z.strictObject({ kind: z.literal("conv2d"), ...fields }),
  ...common,
  quantize: {
    role: "anchor",
    zeros: (node) => node.attrs,
    meets: "products",
    accumulate: (node, [x], bits, step) => macAccumulation(node.tensors, node.attrs, x!, bits, step),
  },
});

export const binaryConv2d = defineLayer({
  kind: "binary_conv2d",
  summary: "y[o] = SUM x * sign(w[o]) over the taps of the window; sign(0) = 1",
  schema: z.strictObject({ kind: z.literal("binary_conv2d"), ...fields }),
  ...common,
  quantize: {
    role: "anchor",
    zeros: (node) => node.attrs,
    meets: "products",
    accumulate: (node, [x]) => binaryAccumulation(node.tensors, node.attrs, x!),
  },
});
