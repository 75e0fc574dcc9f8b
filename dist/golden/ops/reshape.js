export const reshapeOp = (_node, [x], { output }) => ({
    output: { shape: output.shape, data: x.data.slice() },
});
