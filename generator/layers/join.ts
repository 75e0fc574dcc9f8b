// Layers with several inputs of one shape.
import { z } from "zod";
import { commonFields, defineLayer } from "./define.ts";
import { joinConstants } from "./fold.ts";

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
    return { feature: first!, attrs: {} };
  },
  quantize: {
    role: "join",
    join: (_node, id, inputs, target) => ({ op: "add", ...id, ...joinConstants(inputs, target) }),
  },
});
