import { requant } from "../arith/index.js";
import { pixelTable } from "./pixels.js";
export const maxPoolStep = (node, edges, { inputs: [x], output }) => {
    const channels = edges.output.shape[2];
    const pixels = pixelTable(node.window, edges.inputs[0].shape, edges.output.shape);
    const kernel = node.window.kernel[0] * node.window.kernel[1];
    return () => {
        for (let p = 0, at = 0; at < output.length; p++)
            for (let c = 0; c < channels; c++) {
                let best = Number.NEGATIVE_INFINITY;
                for (let t = p * kernel; t < (p + 1) * kernel; t++)
                    if (pixels[t] >= 0)
                        best = Math.max(best, x[pixels[t] * channels + c]);
                output[at++] = best;
            }
    };
};
export const avgPoolStep = (node, edges, { inputs: [x], output, acc }) => {
    const channels = edges.output.shape[2];
    const outside = edges.inputs[0].zeroPoint;
    const pixels = pixelTable(node.window, edges.inputs[0].shape, edges.output.shape);
    const kernel = node.window.kernel[0] * node.window.kernel[1];
    const finish = requant.prepare(node.requant, node.accRange);
    const { classes } = node;
    return () => {
        for (let p = 0, at = 0; at < output.length; p++) {
            const first = (classes?.[p] ?? 0) * channels;
            for (let c = 0; c < channels; c++) {
                let sum = 0;
                for (let t = p * kernel; t < (p + 1) * kernel; t++)
                    sum += pixels[t] >= 0 ? x[pixels[t] * channels + c] : outside;
                if (acc)
                    acc[at] = sum;
                output[at++] = finish(sum, first + c);
            }
        }
    };
};
