// Transposed convolutions: a convolution over the map with zeros between its pixels, docs/decisions/transposed.md.
import { z } from "zod";
import type { Reporter } from "../diagnostics/diagnostics.ts";
import type { TransposeAttrs } from "../ir/graph.ts";
import type { FloatTensor } from "../ir/tensor.ts";
import { macAccumulation, sadAccumulation } from "./accumulate.ts";
import {
  commonFields,
  defineLayer,
  type Feature,
  type LayerDef,
  type LayerJson,
  type Layout,
  tensorRef,
} from "./define.ts";
import { rowsOf } from "./order.ts";
import { filtersBias, filtersField, type WeightedJson, weightsAndBias } from "./weighted.ts";
import { both, dividesIntoGroups, margin, outputSize, type PairJson, pair, windowOf } from "./window.ts";

const fields = {
  ...commonFields,
  filters: filtersField,
  kernel: pair.describe("[height, width] of the kernel, or one number for both"),
  stride: pair
    .optional()
    .describe("[down, right] distance of the input's pixels in the output, or one number; default: 1"),
  dilation: pair.optional().describe("[down, right] distance of neighbouring taps, or one number; default: 1"),
  padding: z
    .union([margin, z.tuple([margin, margin]), z.tuple([margin, margin, margin, margin])])
    .optional()
    .describe(
      "rows and columns that the output loses at its sides: one number, [vertical, horizontal] or [top, left, bottom, right], at most dilation * (kernel - 1); default: 0",
    ),
  output_padding: z
    .union([margin, z.tuple([margin, margin])])
    .optional()
    .describe("[rows, columns] more at bottom and right, less than stride or dilation, or one number; default: 0"),
  groups: z.int().min(1).optional().describe("channel groups that see only their own inputs; default: 1"),
  weights: tensorRef.describe(
    "weights, shape [channels, filters / groups, height, width] in PyTorch's order, [filters, height, width, channels / groups] with channels last",
  ),
  bias: filtersBias,
};

type Pair = readonly [number, number];
type TransposeJson = WeightedJson & {
  filters: number;
  kernel: PairJson;
  stride?: PairJson;
  dilation?: PairJson;
  padding?: PairJson | [number, number, number, number];
  output_padding?: PairJson;
  groups?: number;
};

/** The sizes that a layer names, each for both axes; padding as top, left, bottom, right. */
function sizesOf(a: TransposeJson) {
  const p = a.padding ?? 0;
  const [top, left, bottom, right] = typeof p === "number" ? [p, p, p, p] : p.length === 2 ? [...p, ...p] : p;
  return {
    kernel: both(a.kernel),
    stride: both(a.stride ?? 1),
    dilation: both(a.dilation ?? 1),
    padding: [top, left, bottom, right] as const,
    more: both(a.output_padding ?? 0),
    groups: a.groups ?? 1,
  };
}

function infer(layer: LayerJson, [x]: readonly Feature[], report: Reporter) {
  const a = layer as TransposeJson;
  const { kernel, stride, dilation, padding, more, groups } = sizesOf(a);
  if (!dividesIntoGroups(x!, groups, a.filters, report)) return undefined;
  const refuse = (field: string, expected: string, found: readonly number[]) => {
    const message = `the ${field} does not fit the transposed kernel`;
    report.error({ code: "AN3009", path: [field], message, expected, found: found.join(" x ") });
    return undefined;
  };
  const reach = [0, 1].map((i) => dilation[i]! * (kernel[i]! - 1)) as [number, number];
  if (padding.some((p, i) => p > reach[i % 2]!))
    return refuse("padding", `at most dilation * (kernel - 1), here ${reach.join(" x ")}`, padding);
  const limits = [0, 1].map((i) => Math.max(stride[i]!, dilation[i]!) - 1);
  if (more.some((m, i) => m > limits[i]!))
    return refuse("output_padding", `less than stride or dilation, here at most ${limits.join(" x ")}`, more);
  const [top, left, bottom, right] = padding;
  const attrs: TransposeAttrs = {
    kernel,
    stride: [1, 1],
    dilation,
    padding: [reach[0] - top, reach[1] - left, reach[0] - bottom + more[0], reach[1] - right + more[1]],
    groups,
    insert: stride,
  };
  const [height, width, channels] = x!.shape;
  const inserted = [(height - 1) * stride[0] + 1, (width - 1) * stride[1] + 1, channels] as const;
  const size = outputSize(inserted, attrs, report);
  return size && { feature: { shape: [size[0], size[1], a.filters] as const }, attrs };
}

/** Weights of the file to [filters, taps of the sliding window, channels of a group]: the kernel's in reverse. */
function asWindow(t: FloatTensor, layout: Layout, filters: number, groups: number, [kh, kw]: Pair): FloatTensor {
  const taps = kh * kw;
  const outs = filters / groups;
  const ins = t.data.length / filters / taps;
  const data = new Float64Array(t.data.length);
  for (let o = 0, at = 0; o < filters; o++)
    for (let k = taps - 1; k >= 0; k--)
      for (let i = 0; i < ins; i++, at++) {
        const channel = Math.floor(o / outs) * ins + i;
        data[at] = t.data[layout === "pytorch" ? (channel * outs + (o % outs)) * taps + k : (o * taps + k) * ins + i]!;
      }
  return { shape: [filters, kh, kw, ins], data };
}

function tensors(layer: LayerJson, [x]: readonly Feature[], _out: Feature, layout: Layout) {
  const a = layer as TransposeJson;
  const { kernel, groups } = sizesOf(a);
  const channels = x!.shape[2];
  const shape =
    layout === "pytorch" ? [channels, a.filters / groups, ...kernel] : [a.filters, ...kernel, channels / groups];
  const ordered = rowsOf(x!, layout);
  const arrange = (t: FloatTensor) => asWindow(ordered(t), layout, a.filters, groups, kernel);
  return weightsAndBias(a, a.filters, shape, { weights: arrange });
}

const common = { inputs: { min: 1, max: 1 }, infer, tensors } satisfies Partial<LayerDef<TransposeAttrs>>;

export const convTranspose2d = defineLayer<TransposeAttrs>({
  kind: "conv_transpose2d",
  summary: "transposed convolution: every pixel times the kernel, stride pixels apart, added up where they meet",
  schema: z.strictObject({ kind: z.literal("conv_transpose2d"), ...fields }),
  ...common,
  quantize: {
    role: "anchor",
    zeros: (node) => node.attrs,
    inserts: (node) => node.attrs.insert,
    meets: "products",
    accumulate: (node, [x], bits, step) => macAccumulation(node.tensors, windowOf(node.attrs), x!, bits, step),
  },
});

export const adderConvTranspose2d = defineLayer<TransposeAttrs>({
  kind: "adder_conv_transpose2d",
  summary: "transposed adder convolution: y[o] = -SUM |x - w[o]| over all taps, x = 0 between the pixels",
  schema: z.strictObject({ kind: z.literal("adder_conv_transpose2d"), ...fields }),
  ...common,
  quantize: {
    role: "anchor",
    zeros: (node) => node.attrs,
    inserts: (node) => node.attrs.insert,
    accumulate: (node, [x]) => sadAccumulation(node.tensors, windowOf(node.attrs), x!),
  },
});
