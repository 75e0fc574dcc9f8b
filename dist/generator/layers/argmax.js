import { z } from "zod";
import { commonFields, defineLayer } from "./define.js";
export const argmax = defineLayer({
    kind: "argmax",
    summary: "index of the largest value, the lowest one on a tie",
    inputs: { min: 1, max: 1 },
    schema: z.strictObject({ kind: z.literal("argmax"), ...commonFields }),
    infer(_layer, [x], report) {
        if (x.shape[0] !== 1 || x.shape[1] !== 1) {
            report.error({
                code: "AN3003",
                path: ["kind"],
                message: "argmax takes a vector",
                expected: 'a "flatten" or pooling layer before it',
                found: `a map of ${x.shape.join(" x ")}`,
            });
            return undefined;
        }
        return { feature: { shape: [1, 1, 1] }, attrs: {} };
    },
    quantize: { role: "head", node: (_node, id) => ({ op: "argmax", ...id }) },
});
