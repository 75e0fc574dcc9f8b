import { sizeOf, storageFor } from "./op.js";
export const upsampleOp = (node, [x], { output }) => {
    const [height, width, channels] = output.shape;
    const data = storageFor(output.range, sizeOf(output.shape));
    for (let oy = 0; oy < height; oy++)
        for (let ox = 0; ox < width; ox++) {
            const from = (Math.floor(oy / node.factor[0]) * x.shape[1] + Math.floor(ox / node.factor[1])) * channels;
            data.set(x.data.subarray(from, from + channels), (oy * width + ox) * channels);
        }
    return { output: { shape: output.shape, data } };
};
