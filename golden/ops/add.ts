// Residual addition: q = clamp(floor((SUM_i q_i * M_i + b) / 2^S)), value by value.
import type { AddNode } from "../../generator/ir/quantized.ts";
import { add } from "../arith/index.ts";
import { type Op, sizeOf, storageFor } from "./op.ts";

export const addOp: Op<AddNode> = (node, inputs, { output }) => {
  const data = storageFor(output.range, sizeOf(output.shape));
  for (let i = 0; i < data.length; i++)
    data[i] = add.eval(
      node,
      inputs.map((x) => x.data[i]!),
    );
  return { output: { shape: output.shape, data } };
};
