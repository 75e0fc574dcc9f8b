// Ops on single values: requantize alone, tables, and the index of the largest.
import { axisArgmax, axisTable } from "../cells/cells.ts";
import type { ArgmaxNode, RequantNode, ReshapeNode, TableNode } from "../ir/quantized.ts";
import { defineOp, divisors, edgeStream, laneFolds, onePixel, pixelsOf, valuesOf } from "./define.ts";
import { requantize } from "./requantize.ts";

export const requantOp = defineOp<RequantNode>({
  op: "requant",
  folds: (_node, { output }) => laneFolds(output),
  plan: (_node, { output }, { simd, pixels }) => ({
    lanesIn: pixels * simd,
    lanesOut: pixels * simd,
    cycles: valuesOf(output) / (pixels * simd),
    lanes: pixels * simd,
  }),
  needs: onePixel,
  operations: (_node, { output }) => pixelsOf(output) * output.shape[2],
  formula: () => "each value to another scale",
  lower(node, types, { simd, pixels }, hw) {
    const from = hw.input(0, pixels * simd);
    return requantize(hw, node.requant, types.inputs[0]!.range, from, node.output, types.output);
  },
});

export const tableOp = defineOp<TableNode>({
  op: "table",
  folds: (_node, { output }) => laneFolds(output),
  plan: (_node, { output }, { simd, pixels }) => ({
    lanesIn: pixels * simd,
    lanesOut: pixels * simd,
    cycles: valuesOf(output) / (pixels * simd),
    lanes: pixels * simd,
  }),
  needs: onePixel,
  operations: (_node, { output }) => pixelsOf(output) * output.shape[2],
  formula: (node) => `table of ${node.table.length} results`,
  lower(node, { inputs, output }, { simd, pixels }, hw) {
    const lanes = pixels * simd;
    const words = node.table.map(BigInt);
    const mem = hw.memory("table", output.bits, words, `row x = the result for x, ${output.bits} bits`);
    const params = { LANES: lanes, IN_BITS: inputs[0]!.bits, OUT_BITS: output.bits, MEM_FILE: mem };
    return hw.through("table", axisTable, params, hw.input(0, lanes), edgeStream(node.output, output, lanes));
  },
});

export const argmaxOp = defineOp<ArgmaxNode>({
  op: "argmax",
  folds: (_node, { inputs }) => ({ pe: [1], simd: divisors(inputs[0]!.shape[2]) }),
  plan: (_node, { inputs }, { simd }) => ({
    lanesIn: simd,
    lanesOut: 1,
    cycles: inputs[0]!.shape[2] / simd,
    lanes: simd,
  }),
  needs: onePixel,
  operations: (_node, { inputs }) => inputs[0]!.shape[2],
  formula: () => "index of the largest value, the lowest on a tie",
  lower(node, types, { simd }, hw) {
    const x = types.inputs[0]!;
    const params = {
      LANES: simd,
      BITS: x.bits,
      CLASSES: x.shape[2],
      INDEX_BITS: types.output.bits,
      SIGNED: x.signed ? 1 : 0,
    };
    return hw.through("argmax", axisArgmax, params, hw.input(0, simd), edgeStream(node.output, types.output, 1));
  },
});

export const reshapeOp = defineOp<ReshapeNode>({
  op: "reshape",
  // Several pixels a beat stay in raster order in a vector alone.
  folds: (_node, { inputs, output }) =>
    pixelsOf(output) === 1 ? laneFolds(inputs[0]!) : { pe: [1], simd: divisors(inputs[0]!.shape[2]) },
  plan: (_node, { inputs }, { simd, pixels }) => ({
    lanesIn: pixels * simd,
    lanesOut: pixels * simd,
    cycles: valuesOf(inputs[0]!) / (pixels * simd),
    lanes: 0,
  }),
  needs: (_node, { inputs, output }, p) => Math.ceil(((p + 1) * pixelsOf(inputs[0]!)) / pixelsOf(output)),
  operations: () => 0,
  formula: () => "the same values in the same order",
  lower(node, types, { simd, pixels }, hw) {
    return hw.rename(hw.input(0, pixels * simd), edgeStream(node.output, types.output, pixels * simd));
  },
});
