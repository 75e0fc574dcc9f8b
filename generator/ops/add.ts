// Residual connection: two streams meet pixel by pixel.
import { axisAdd } from "../cells/cells.ts";
import type { AddNode } from "../ir/quantized.ts";
import { defineOp, divisors, edgeStream, onePixel, pixelsOf } from "./define.ts";

export const addOp = defineOp<AddNode>({
  op: "add",
  folds: (_node, { output }) => ({ pe: [1], simd: divisors(output.shape[2]) }),
  plan: (_node, { output }, { simd }) => ({
    lanesIn: simd,
    lanesOut: simd,
    cycles: pixelsOf(output) * (output.shape[2] / simd),
    lanes: simd,
  }),
  needs: onePixel,
  operations: (_node, { output }) => pixelsOf(output) * output.shape[2],
  formula: (node) => `${node.inputs.join(" + ")}, each at its own scale`,
  lower(node, { inputs, output }, { simd }, hw) {
    const [a, b] = inputs;
    const params = {
      LANES: simd,
      A_BITS: a!.bits,
      B_BITS: b!.bits,
      OUT_BITS: output.bits,
      MA: node.multipliers[0]!,
      MB: node.multipliers[1]!,
      BIAS: BigInt(node.bias),
      SHIFT: node.shift,
      LO: node.clamp.min,
      HI: node.clamp.max,
    };
    return hw.join(
      "add",
      axisAdd,
      params,
      [hw.input(0, simd), hw.input(1, simd)],
      edgeStream(node.output, output, simd),
    );
  },
});
