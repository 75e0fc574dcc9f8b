// Index of each pixel's largest channel, the lowest on a tie.
import type { ArgmaxNode } from "../../generator/ir/quantized.ts";
import { maximum } from "../arith/index.ts";
import type { Op } from "./op.ts";

export const argmaxOp: Op<ArgmaxNode> = (_node, [x], { output }) => {
  const { shape } = output;
  const channels = x!.shape[2];
  const data = Int32Array.from({ length: shape[0] * shape[1] }, (_, p) =>
    maximum.index(x!.data.subarray(p * channels, (p + 1) * channels)),
  );
  return { output: { shape, data } };
};
