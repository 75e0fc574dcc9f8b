import { maximum } from "../arith/index.js";
export const argmaxOp = (_node, [x], { output }) => ({
    output: { shape: output.shape, data: Int32Array.of(maximum.index(x.data)) },
});
