import { z } from "zod";
import { commonFields, defineLayer } from "./define.ts";
import { orderOf } from "./order.ts";

export const argmax = defineLayer({
  kind: "argmax",
  summary: "index of the largest channel, the lowest one on a tie: of a vector, or for every pixel of a map",
  inputs: { min: 1, max: 1 },
  schema: z.strictObject({ kind: z.literal("argmax"), ...commonFields }),
  infer(_layer, [x], report) {
    if (x!.flattenedFrom) {
      report.error({
        code: "AN3006",
        path: ["kind"],
        message: "argmax of a flattened map gives another index than PyTorch's",
        expected: "a vector in PyTorch's order: of a dense layer, or of a map of one pixel or one channel",
        found: orderOf(x!),
        hint: '"layout": "channels_last" counts the values as the stream has them',
      });
      return undefined;
    }
    return { feature: { shape: [x!.shape[0], x!.shape[1], 1] }, attrs: {} };
  },
  quantize: { role: "head", node: (_node, id) => ({ op: "argmax", ...id }) },
});
