import { storageFor } from "./op.js";
export const tableOp = (node, [x], { output }) => {
    const data = storageFor(output.range, x.data.length);
    for (let i = 0; i < data.length; i++)
        data[i] = node.table[x.data[i]];
    return { output: { shape: output.shape, data } };
};
