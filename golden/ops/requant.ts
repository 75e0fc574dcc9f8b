// A requantize step of its own: every value by its channel's constants.
import type { RequantNode } from "../../generator/ir/quantized.ts";
import { requant } from "../arith/index.ts";
import { type Op, storageFor } from "./op.ts";

export const requantOp: Op<RequantNode> = (node, [x], { output }) => {
  const channels = output.shape[2];
  const data = storageFor(output.range, x!.data.length);
  for (let i = 0; i < data.length; i++) data[i] = requant.eval(node.requant, x!.data[i]!, i % channels);
  return { output: { shape: output.shape, data } };
};
