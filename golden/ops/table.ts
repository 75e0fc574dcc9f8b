// A function of each value, tabulated.
import type { TableNode } from "../../generator/ir/quantized.ts";
import { type Op, storageFor } from "./op.ts";

export const tableOp: Op<TableNode> = (node, [x], { output }) => {
  const data = storageFor(output.range, x!.data.length);
  for (let i = 0; i < data.length; i++) data[i] = node.table[x!.data[i]!]!;
  return { output: { shape: output.shape, data } };
};
