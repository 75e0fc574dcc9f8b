// Layers that change the shape or nothing at all.
import { z } from "zod";
import { commonFields, defineLayer, type LayerDef } from "./define.ts";

export const flatten = defineLayer({
  kind: "flatten",
  summary: "a map becomes a vector",
  inputs: { min: 1, max: 1 },
  schema: z.strictObject({ kind: z.literal("flatten"), ...commonFields }),
  infer: (_layer, [x]) => {
    const [h, w, c] = x!.shape;
    const map = h * w > 1 && c > 1;
    return { feature: { shape: [1, 1, h * w * c], ...(map ? { flattenedFrom: x!.shape } : {}) }, attrs: {} };
  },
  quantize: { role: "same", node: (_node, id) => ({ op: "reshape", ...id }) },
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
