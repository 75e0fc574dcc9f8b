import { evalNode } from "../ops/index.js";
export const plainStep = (node, edges, { inputs, output }) => {
    const views = inputs.map((data, i) => ({ shape: edges.inputs[i].shape, data: data }));
    return () => {
        output.set(evalNode(node, views, edges).output.data);
    };
};
