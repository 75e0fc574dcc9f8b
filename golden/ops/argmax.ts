// Index of the frame's largest value in raster order, the lowest on a tie.
import type { ArgmaxNode } from "../../generator/ir/quantized.ts";
import { maximum } from "../arith/index.ts";
import type { Op } from "./op.ts";

export const argmaxOp: Op<ArgmaxNode> = (_node, [x], { output }) => ({
  output: { shape: output.shape, data: Int32Array.of(maximum.index(x!.data)) },
});
