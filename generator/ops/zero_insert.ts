// Zeros between the pixels of a map, where a transposed convolution looks for taps that have no input.

import { union } from "../../golden/arith/index.ts";
import { axisInsert } from "../cells/axis_insert.ts";
import type { ZeroInsertNode } from "../ir/quantized.ts";
import { features, inputCount, zeroFits } from "./check.ts";
import { defineOp, divisors, edgeStream, pixelsOf } from "./define.ts";

export const zeroInsertOp = defineOp<ZeroInsertNode>({
  op: "zero_insert",
  outcome({ factor: [down, right] }, { inputs }, fault) {
    if (!inputCount(inputs, 1, 1, fault) || !features(inputs, fault) || !zeroFits(inputs[0]!, ["factor"], fault))
      return undefined;
    const x = inputs[0]!;
    const [height, width, channels] = x.shape;
    const range = union(x.range, { min: x.zeroPoint, max: x.zeroPoint });
    return { shape: [(height - 1) * down + 1, (width - 1) * right + 1, channels], range, keeps: x };
  },
  folds: (_node, { inputs }) => ({ pe: [1], simd: divisors(inputs[0]!.shape[2]) }),
  plan: (_node, { output }, { simd }) => ({
    lanesIn: simd,
    lanesOut: simd,
    cycles: pixelsOf(output) * (output.shape[2] / simd),
    arithmeticLanes: 0,
  }),
  needs({ factor: [down, right] }, { inputs, output }, p) {
    const [width, columns] = [inputs[0]!.shape[1], output.shape[1]];
    const [y, x] = [Math.floor(p / columns), p % columns];
    const above = Math.ceil(y / down) * width;
    return y % down === 0 ? above + Math.floor(x / right) + 1 : above;
  },
  operations: () => 0,
  formula: ({ factor: [down, right] }) => `pixels ${down} rows and ${right} columns apart, zeros between them`,
  lower({ output: name, factor: [down, right] }, { inputs, output }, { simd }, hw) {
    const { shape, bits, zeroPoint } = inputs[0]!;
    const params = {
      SIMD: simd,
      BITS: bits,
      WORDS: shape[2] / simd,
      IN_W: shape[1],
      SH: down,
      SW: right,
      PAD_VALUE: zeroPoint,
    };
    return hw.through("insert", axisInsert, params, hw.input(0, simd), edgeStream(name, output, simd));
  },
});
