import { sizeOf, storageFor } from "./op.js";
export const concatOp = (_node, inputs, { output }) => {
    const [height, width, channels] = output.shape;
    const data = storageFor(output.range, sizeOf(output.shape));
    let first = 0;
    for (const x of inputs) {
        const own = x.shape[2];
        for (let p = 0; p < height * width; p++)
            data.set(x.data.subarray(p * own, (p + 1) * own), p * channels + first);
        first += own;
    }
    return { output: { shape: output.shape, data } };
};
