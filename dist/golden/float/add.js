export const add = (node, inputs) => ({
    shape: node.shape,
    data: inputs[0].data.map((_, i) => inputs.reduce((s, x) => s + x.data[i], 0)),
});
