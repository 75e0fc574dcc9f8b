import { requant } from "../arith/index.js";
import { storageFor } from "./op.js";
export const requantOp = (node, [x], { output }) => {
    const channels = output.shape[2];
    const data = storageFor(output.range, x.data.length);
    for (let i = 0; i < data.length; i++)
        data[i] = requant.eval(node.requant, x.data[i], i % channels);
    return { output: { shape: output.shape, data } };
};
