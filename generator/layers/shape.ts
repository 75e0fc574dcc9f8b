// Layers that change the shape or nothing at all.
import { z } from "zod";
import type { WindowAttrs } from "../ir/graph.ts";
import { commonFields, defineLayer, type LayerDef } from "./define.ts";
import { orderOf } from "./order.ts";

export const flatten = defineLayer({
  kind: "flatten",
  summary: "a map becomes a vector",
  inputs: { min: 1, max: 1 },
  schema: z.strictObject({ kind: z.literal("flatten"), ...commonFields }),
  infer: (_layer, [x], report) => {
    const [h, w, c] = x!.shape;
    const map = h * w > 1 && c > 1;
    if (h * w > 1 && x!.flattenedFrom) {
      report.error({
        code: "AN3006",
        path: ["kind"],
        message: "a flattened map that has pixels again is flattened once more",
        expected: "a map whose channels are channels, or a vector",
        found: `${h} x ${w} pixels of ${orderOf(x!)}`,
      });
      return undefined;
    }
    return { feature: { shape: [1, 1, h * w * c], flattenedFrom: map ? x!.shape : x!.flattenedFrom }, attrs: {} };
  },
  quantize: { role: "same", reshapes: true, node: (_node, id) => ({ op: "reshape", ...id }) },
});

const nothing = (kind: string, summary: string, fields: z.ZodRawShape = {}): LayerDef =>
  defineLayer({
    kind,
    summary,
    inputs: { min: 1, max: 1 },
    schema: z.strictObject({ kind: z.literal(kind), ...commonFields, ...fields }),
    infer: (_layer, [x]) => ({ feature: x!, attrs: {} }),
    quantize: { role: "none" },
  });

export const identity = nothing("identity", "y = x; leaves no hardware");
export const dropout = nothing("dropout", "y = x at inference; leaves no hardware", {
  p: z.number().min(0).max(1).optional().describe("rate of training, without effect here"),
});

const factor = z.int().min(1).max(64);
export const upsample = defineLayer({
  kind: "upsample",
  summary: "every pixel repeated (nearest neighbour)",
  inputs: { min: 1, max: 1 },
  schema: z.strictObject({
    kind: z.literal("upsample"),
    ...commonFields,
    factor: z.union([factor, z.tuple([factor, factor])]).describe("[down, right] times, or one number for both"),
  }),
  infer: (layer, [x]) => {
    const f = layer.factor as number | [number, number];
    const [down, right] = typeof f === "number" ? [f, f] : f;
    const [h, w, c] = x!.shape;
    return { feature: { ...x!, shape: [h * down, w * right, c] }, attrs: { factor: [down, right] as const } };
  },
  quantize: {
    role: "same",
    node: (node, id) => ({ op: "upsample", ...id, factor: node.attrs.factor }),
  },
});

/** Pixels of a block, [down, right], and how the input's channels are counted. */
export interface DepthToSpaceAttrs {
  readonly block: readonly [number, number];
  readonly order: "crd" | "dcr";
}

const cells = z.int().min(1).max(64);
export const depthToSpace = defineLayer<DepthToSpaceAttrs>({
  kind: "depth_to_space",
  summary: "the channels of each pixel become a block of pixels (pixel shuffle)",
  inputs: { min: 1, max: 1 },
  schema: z.strictObject({
    kind: z.literal("depth_to_space"),
    ...commonFields,
    block: z
      .union([cells, z.tuple([cells, cells])])
      .describe("[down, right] pixels of a block, or one number for both"),
    order: z
      .enum(["crd", "dcr"])
      .default("crd")
      .describe(
        'how the input\'s channels are counted: "crd" output channel, row, column (PyTorch\'s PixelShuffle), "dcr" row, column, output channel (ONNX\'s default); default: crd',
      ),
  }),
  infer(layer, [x], report) {
    const f = layer.block as number | [number, number];
    const [down, right] = typeof f === "number" ? [f, f] : f;
    const [h, w, c] = x!.shape;
    const fault = (code: "AN3004" | "AN3006", message: string, expected: string, found: string) => {
      report.error({ code, path: ["block"], message, expected, found });
      return undefined;
    };
    if (c % (down * right) !== 0)
      return fault(
        "AN3004",
        "the channels do not fill whole blocks",
        `a multiple of ${down * right} channels`,
        String(c),
      );
    if (x!.flattenedFrom) return fault("AN3006", "the values of a flattened map are no channels", "a map", orderOf(x!));
    const shape = [h * down, w * right, c / (down * right)] as const;
    return { feature: { shape }, attrs: { block: [down, right], order: layer.order as DepthToSpaceAttrs["order"] } };
  },
  quantize: {
    role: "same",
    node: (node, id) => ({ op: "depth_to_space", ...id, block: node.attrs.block, order: node.attrs.order }),
  },
});

const side = z.int().min(0).max(4096);
export const pad = defineLayer({
  kind: "pad",
  summary: "zeros around the map",
  inputs: { min: 1, max: 1 },
  schema: z.strictObject({
    kind: z.literal("pad"),
    ...commonFields,
    padding: z
      .union([side, z.tuple([side, side]), z.tuple([side, side, side, side])])
      .describe("one number, [vertical, horizontal] or [top, left, bottom, right]"),
  }),
  infer: (layer, [x]) => {
    const given = layer.padding as number | number[];
    const p = typeof given === "number" ? [given] : given;
    const [top, left, bottom, right] = [p[0]!, p[1] ?? p[0]!, p[2] ?? p[0]!, p[3] ?? p[1] ?? p[0]!];
    const [h, w, c] = x!.shape;
    const one: [number, number] = [1, 1];
    const attrs: WindowAttrs = {
      kernel: one,
      stride: one,
      dilation: one,
      padding: [top, left, bottom, right],
      groups: 1,
    };
    return { feature: { ...x!, shape: [h + top + bottom, w + left + right, c] }, attrs };
  },
  quantize: {
    role: "same",
    zeros: (node) => node.attrs,
    node: (node, id) => ({ op: "pad", ...id, window: node.attrs }),
  },
});
