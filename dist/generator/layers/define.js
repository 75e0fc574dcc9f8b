// What a layer kind must answer. Stages ask these questions; they never branch on `kind`.
import { z } from "zod";
/** A tensor of the network file: a name in the network's weights file, a name in another file, or the numbers themselves. */
export const tensorRef = z
    .union([
    z.string().min(1),
    z.strictObject({ file: z.string().min(1), name: z.string().min(1).optional() }),
    z.array(z.unknown()),
])
    .describe("tensor: name in the weights file, {file, name} of another file, or nested arrays of numbers");
/** Fields that every layer has. */
export const commonFields = {
    name: z
        .string()
        .min(1)
        .max(200)
        .describe("unique name of the layer; it appears in messages, reports and Verilog names"),
    inputs: z
        .array(z.string().min(1))
        .min(1)
        .optional()
        .describe("names of the layers (or of the input) this one reads; the previous layer where left out"),
    bits: z
        .int()
        .min(1)
        .max(16)
        .optional()
        .describe("bits of this layer's operands (its input tensor and weights) instead of the network's default"),
    pe: z
        .int()
        .min(1)
        .optional()
        .describe("output channels computed at the same time; the compiler chooses where left out"),
    simd: z.int().min(1).optional().describe("taps read at the same time; the compiler chooses where left out"),
    pixels: z
        .int()
        .min(1)
        .optional()
        .describe("neighbouring pixels of the input that arrive in one beat: part of a row or whole rows; the compiler chooses where left out"),
    unroll: z
        .boolean()
        .optional()
        .describe("true: all taps and all outputs at once, so that the weights become part of the logic; for small layers"),
};
export const defineLayer = (l) => l;
