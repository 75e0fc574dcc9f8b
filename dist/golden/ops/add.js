import { add } from "../arith/index.js";
import { sizeOf, storageFor } from "./op.js";
export const addOp = (node, inputs, { output }) => {
    const data = storageFor(output.range, sizeOf(output.shape));
    for (let i = 0; i < data.length; i++)
        data[i] = add.eval(node, inputs.map((x) => x.data[i]));
    return { output: { shape: output.shape, data } };
};
