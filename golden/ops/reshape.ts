// The same values under another shape.
import type { ReshapeNode } from "../../generator/ir/quantized.ts";
import type { Op } from "./op.ts";

export const reshapeOp: Op<ReshapeNode> = (_node, [x], { output }) => ({
  output: { shape: output.shape, data: x!.data.slice() },
});
