// Convolutions: adder_conv2d measures distances, conv2d multiplies.
import { z } from "zod";
import { binaryAccumulation, macAccumulation, sadAccumulation } from "./accumulate.js";
import { commonFields, defineLayer, tensorRef, } from "./define.js";
import { convWeights } from "./order.js";
import { outputSize, windowAttrs, windowFields } from "./window.js";
const fields = {
    ...commonFields,
    filters: z.int().min(1).max(65536).describe("output channels"),
    ...windowFields,
    groups: z
        .int()
        .min(1)
        .optional()
        .describe("channel groups that see only their own inputs; the input channels for depthwise; 1 where left out"),
    weights: tensorRef.describe("weights, shape [filters, channels / groups, height, width] in PyTorch's order"),
    bias: tensorRef.optional().describe("one value added to each output channel, shape [filters]"),
};
function infer(layer, [x], report) {
    const a = layer;
    const groups = a.groups ?? 1;
    const channels = x.shape[2];
    if (channels % groups !== 0 || a.filters % groups !== 0) {
        report.error({
            code: "AN3004",
            path: ["groups"],
            message: "input channels and filters must divide into the groups",
            expected: `a common divisor of ${channels} input channels and ${a.filters} filters`,
            found: String(groups),
        });
        return undefined;
    }
    const window = windowAttrs(a, x.shape, groups);
    const size = outputSize(x.shape, window, report);
    return size && { feature: { shape: [size[0], size[1], a.filters] }, attrs: { ...window } };
}
function tensors(layer, [x], _out, layout) {
    const a = layer;
    const w = windowAttrs(a, x.shape, a.groups ?? 1);
    const inner = x.shape[2] / w.groups;
    const shape = layout === "pytorch" ? [a.filters, inner, ...w.kernel] : [a.filters, ...w.kernel, inner];
    return [
        { role: "weights", ref: a.weights, field: "weights", shape, arrange: convWeights(layout) },
        ...(a.bias === undefined ? [] : [{ role: "bias", ref: a.bias, field: "bias", shape: [a.filters] }]),
    ];
}
const common = { inputs: { min: 1, max: 1 }, infer, tensors };
export const adderConv2d = defineLayer({
    kind: "adder_conv2d",
    summary: "y[o] = -SUM |x - w[o]| over the taps of the window",
    schema: z.strictObject({ kind: z.literal("adder_conv2d"), ...fields }),
    ...common,
    quantize: {
        role: "anchor",
        accumulate: (node, [x]) => sadAccumulation(node.tensors, node.attrs, x),
    },
});
export const conv2d = defineLayer({
    kind: "conv2d",
    summary: "y[o] = SUM x * w[o] over the taps of the window",
    schema: z.strictObject({ kind: z.literal("conv2d"), ...fields }),
    ...common,
    quantize: {
        role: "anchor",
        meets: "products",
        accumulate: (node, [x], bits) => macAccumulation(node.tensors, node.attrs, x, bits),
    },
});
export const binaryConv2d = defineLayer({
    kind: "binary_conv2d",
    summary: "y[o] = SUM x * sign(w[o]) over the taps of the window; sign(0) = 1",
    schema: z.strictObject({ kind: z.literal("binary_conv2d"), ...fields }),
    ...common,
    quantize: {
        role: "anchor",
        meets: "products",
        accumulate: (node, [x]) => binaryAccumulation(node.tensors, node.attrs, x),
    },
});
