import { bitsFor, requant, unionAll } from "../arith/index.js";
import { pixelTable } from "./pixels.js";
import { macRows, sadRows, wideMacRows, wideSadRows } from "./rows.js";
function prepare(node, edges, buffers, narrow, wide) {
    const { window, weights, accRange } = node;
    const [input, output] = [edges.inputs[0], edges.output];
    const x = buffers.inputs[0];
    const outside = input.zeroPoint;
    const pixels = pixelTable(window, input.shape, output.shape);
    const kernel = window.kernel[0] * window.kernel[1];
    const channels = input.shape[2];
    const inGroup = channels / window.groups;
    const outGroup = output.shape[2] / window.groups;
    const taps = kernel * inGroup;
    const flat = new Int32Array(weights.rows.length * taps);
    weights.rows.forEach((row, o) => {
        flat.set(row, o * taps);
    });
    const all = unionAll([accRange, { min: 0, max: 0 }, input.range, { min: outside, max: outside }]);
    const fits = bitsFor(all) < 32;
    const rows = fits ? narrow : wide;
    const patch = fits ? new Int32Array(taps) : new Float64Array(taps);
    const sums = new Float64Array(outGroup);
    const finish = requant.prepare(node.requant, accRange);
    const positions = output.shape[0] * output.shape[1];
    return () => {
        let at = 0;
        for (let p = 0; p < positions; p++)
            for (let g = 0; g < window.groups; g++) {
                gatherInto(patch, x, pixels, p * kernel, kernel, channels, g * inGroup, inGroup, outside);
                rows(patch, flat, g * outGroup, sums);
                if (buffers.acc)
                    buffers.acc.set(sums, at);
                for (let o = 0; o < outGroup; o++)
                    buffers.output[at++] = finish(sums[o], g * outGroup + o);
            }
    };
}
function gatherInto(patch, x, pixels, from, kernel, channels, first, count, outside) {
    let k = 0;
    for (let t = 0; t < kernel; t++) {
        const pixel = pixels[from + t];
        if (pixel < 0)
            for (let c = 0; c < count; c++)
                patch[k++] = outside;
        else
            for (let c = 0, i = pixel * channels + first; c < count; c++, i++)
                patch[k++] = x[i];
    }
}
export const sadStep = (node, edges, buffers) => prepare(node, edges, buffers, sadRows, wideSadRows);
export const macStep = (node, edges, buffers) => prepare(node, edges, buffers, macRows, wideMacRows);
