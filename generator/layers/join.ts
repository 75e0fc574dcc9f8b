// Layers with several inputs of one shape.
import { z } from "zod";
import { commonFields, defineLayer } from "./define.ts";
import { joinConstants } from "./fuse.ts";
import { orderOf, sameOrder } from "./order.ts";

export const add = defineLayer({
  kind: "add",
  summary: "y = sum of the inputs, element by element (residual connection)",
  inputs: { min: 2, max: 8 },
  schema: z.strictObject({ kind: z.literal("add"), ...commonFields }),
  infer(_layer, inputs, report) {
    const [first, ...rest] = inputs;
    for (const x of rest)
      if (x.shape.some((n, i) => n !== first!.shape[i])) {
        report.error({
          code: "AN3002",
          path: ["inputs"],
          message: "the inputs have different shapes",
          expected: first!.shape.join(" x "),
          found: inputs.map((i) => i.shape.join(" x ")).join(" and "),
        });
        return undefined;
      }
    const other = rest.find((x) => !sameOrder(x, first!));
    if (!other) return { feature: first!, attrs: {} };
    report.error({
      code: "AN3006",
      path: ["inputs"],
      message: "the inputs hold their values in different orders",
      expected: "flattened maps of one shape, and results of dense layers, whose weights are permuted to match",
      found: `${orderOf(first!)}, and ${orderOf(other)}`,
      hint: 'join the maps and flatten the sum; "layout": "channels_last" takes vectors as the streams have them',
    });
    return undefined;
  },
  quantize: {
    role: "join",
    join: (_node, id, inputs, target) => ({ op: "add", ...id, ...joinConstants(inputs, target) }),
  },
});

export const concat = defineLayer({
  kind: "concat",
  summary: "the channels of the inputs one after the other",
  inputs: { min: 2, max: 16 },
  schema: z.strictObject({ kind: z.literal("concat"), ...commonFields }),
  infer(_layer, inputs, report) {
    const [height, width] = inputs[0]!.shape;
    const fault = (message: string, expected: string, hint?: string) => {
      report.error({
        code: "AN3002",
        path: ["inputs"],
        message,
        expected,
        found: inputs.map((i) => i.shape.join(" x ")).join(" and "),
        ...(hint ? { hint } : {}),
      });
      return undefined;
    };
    if (inputs.some((x) => x.shape[0] !== height || x.shape[1] !== width))
      return fault("the inputs have different heights or widths", `maps of ${height} x ${width}`);
    // Behind it PyTorch's order of each vector would be lost.
    if (inputs.some((x) => x.flattenedFrom))
      return fault("flattened maps cannot be joined", "maps, or vectors of dense layers", "flatten behind the concat");
    const channels = inputs.reduce((sum, x) => sum + x.shape[2], 0);
    return { feature: { shape: [height, width, channels] }, attrs: {} };
  },
  quantize: { role: "gather", node: (_node, id) => ({ op: "concat", ...id }) },
});
