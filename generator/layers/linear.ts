// Fully connected layers over a vector: adder_linear measures distances, linear multiplies.
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
import { channelsOf, rowsOf } from "./order.ts";
import { type WeightedJson, weightsAndBias } from "./weighted.ts";

const fields = {
  ...commonFields,
  units: z
    .int()
    .min(1)
    .max(1 << 20)
    .describe("outputs"),
  weights: tensorRef.describe("weights, shape [units, inputs]"),
  bias: tensorRef.optional().describe("one value added to each output, shape [units]"),
};
type LinearJson = WeightedJson & { units: number };

const point: WindowAttrs = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 1 };

function infer(layer: LayerJson, [x]: readonly Feature[], report: Reporter) {
  const a = layer as LinearJson;
  const [h, w, c] = x!.shape;
  if (h !== 1 || w !== 1) {
    report.error({
      code: "AN3003",
      path: ["kind"],
      message: "a fully connected layer takes a vector",
      expected: `a "flatten" layer before it (${h} x ${w} x ${c} becomes ${h * w * c})`,
      found: `a map of ${h} x ${w} x ${c}`,
      hint: '{ "name": "flatten", "kind": "flatten" }',
    });
    return undefined;
  }
  return { feature: { shape: [1, 1, a.units] as const }, attrs: { ...point } };
}

function tensors(layer: LayerJson, [x]: readonly Feature[], out: Feature, layout: Layout) {
  const a = layer as LinearJson;
  const [rows, columns] = [rowsOf(out, layout), channelsOf(x!, layout)];
  return weightsAndBias(a, a.units, [a.units, x!.shape[2]], { weights: (t) => rows(columns(t)), bias: rows });
}

const common = { inputs: { min: 1, max: 1 }, infer, tensors, ordersOutput: true } satisfies Partial<LayerDef>;

export const adderLinear = defineLayer({
  kind: "adder_linear",
  summary: "y[o] = -SUM |x - w[o]| over the whole vector",
  schema: z.strictObject({ kind: z.literal("adder_linear"), ...fields }),
  ...common,
  quantize: { role: "anchor", accumulate: (node, [x]) => sadAccumulation(node.tensors, point, x!) },
});

export const linear = defineLayer({
  kind: "linear",
  summary: "y[o] = SUM x * w[o] over the whole vector",
  schema: z.strictObject({ kind: z.literal("linear"), ...fields }),
  ...common,
  quantize: {
    role: "anchor",
    meets: "products",
    accumulate: (node, [x], bits, step) => macAccumulation(node.tensors, point, x!, bits, step),
  },
});

export const binaryLinear = defineLayer({
  kind: "binary_linear",
  summary: "y[o] = SUM x * sign(w[o]) over the whole vector; sign(0) = 1",
  schema: z.strictObject({ kind: z.literal("binary_linear"), ...fields }),
  ...common,
  quantize: {
    role: "anchor",
    meets: "products",
    accumulate: (node, [x]) => binaryAccumulation(node.tensors, point, x!),
  },
});
