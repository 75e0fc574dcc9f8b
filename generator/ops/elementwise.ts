// Ops on single values: requantize alone, tables, and the index of the largest.
import { axisArgmax } from "../cells/axis_argmax.ts";
import { axisLast } from "../cells/axis_last.ts";
import { axisTable } from "../cells/axis_table.ts";
import type { ArgmaxNode, RequantNode, ReshapeNode, TableNode } from "../ir/quantized.ts";
import { features, inputCount, requantRange } from "./check.ts";
import { defineOp, divisors, edgeStream, laneFolds, type OpHardware, onePixel, pixelsOf, valuesOf } from "./define.ts";
import { requantize } from "./requantize.ts";

/** One value in, one value out. */
const eachValue = {
  folds: (_node, { output }) => laneFolds(output),
  plan: (_node, { output }, { simd, pixels }) => ({
    lanesIn: pixels * simd,
    lanesOut: pixels * simd,
    cycles: valuesOf(output) / (pixels * simd),
    arithmeticLanes: pixels * simd,
  }),
  needs: onePixel,
  operations: (_node, { output }) => valuesOf(output),
} satisfies Partial<OpHardware<RequantNode | TableNode>>;

export const requantOp = defineOp<RequantNode>({
  op: "requant",
  outcome({ requant }, { inputs, output }, fault) {
    if (!inputCount(inputs, 1, 1, fault)) return undefined;
    const x = inputs[0]!;
    const range = requantRange(requant, x.range, output, x.shape[2], fault);
    return range && { shape: x.shape, range };
  },
  ...eachValue,
  formula: () => "each value to another scale",
  lower(node, types, { simd, pixels }, hw) {
    const from = hw.input(0, pixels * simd);
    return requantize(hw, node.requant, types.inputs[0]!.range, from, node.output, types.output);
  },
});

export const tableOp = defineOp<TableNode>({
  op: "table",
  outcome({ table }, { inputs, output }, fault) {
    if (!inputCount(inputs, 1, 1, fault) || !features(inputs, fault)) return undefined;
    const x = inputs[0]!;
    if (table.length !== 2 ** x.bits)
      return fault(["table"], `a table of ${table.length} results for an input of ${x.bits} bits`);
    const range = { min: table[0]!, max: table[0]! };
    for (const [i, v] of table.entries()) {
      if (output.signed || v >= 2 ** output.bits)
        return fault(["table", i], `result ${v} does not fit the output's ${output.bits} bits`);
      if (v < range.min) range.min = v;
      if (v > range.max) range.max = v;
    }
    return { shape: x.shape, range };
  },
  ...eachValue,
  formula: (node) => `table of ${node.table.length} results`,
  lower(node, { inputs, output }, { simd, pixels }, hw) {
    const lanes = pixels * simd;
    const { table } = node;
    const mem = hw.memory(
      "table",
      output.bits,
      table.length,
      (x) => BigInt(table[x]!),
      `row x = the result for x, ${output.bits} bits`,
    );
    const params = { LANES: lanes, IN_BITS: inputs[0]!.bits, OUT_BITS: output.bits, MEM_FILE: mem };
    return hw.through("table", axisTable, params, hw.input(0, lanes), edgeStream(node.output, output, lanes));
  },
});

export const argmaxOp = defineOp<ArgmaxNode>({
  op: "argmax",
  outcome(_node, { inputs, output }, fault) {
    if (!inputCount(inputs, 1, 1, fault)) return undefined;
    const x = inputs[0]!;
    const keeps = { ...output, signed: false, scale: 1, zeroPoint: 0 };
    return { shape: [x.shape[0], x.shape[1], 1], range: { min: 0, max: x.shape[2] - 1 }, keeps };
  },
  folds: (_node, { inputs }) => ({ pe: [1], simd: divisors(inputs[0]!.shape[2]) }),
  plan: (_node, { inputs }, { simd }) => ({
    lanesIn: simd,
    lanesOut: 1,
    cycles: valuesOf(inputs[0]!) / simd,
    arithmeticLanes: simd,
  }),
  needs: onePixel,
  operations: (_node, { inputs }) => valuesOf(inputs[0]!),
  formula: () => "index of the largest channel, the lowest on a tie",
  lower(node, types, { simd }, hw) {
    const x = types.inputs[0]!;
    const params = {
      LANES: simd,
      BITS: x.bits,
      CLASSES: x.shape[2],
      INDEX_BITS: types.output.bits,
      SIGNED: x.signed ? 1 : 0,
    };
    const out = edgeStream(node.output, types.output, 1);
    const beats = out.beatsPerFrame;
    const { tensor: _, ...apart } = out;
    const index = hw.through("argmax", axisArgmax, params, hw.input(0, simd), beats === 1 ? out : apart);
    // The cell ends a frame with every index.
    return beats === 1 ? index : hw.through("last", axisLast, { WIDTH: out.laneBits, BEATS: beats }, index, out);
  },
});

export const reshapeOp = defineOp<ReshapeNode>({
  op: "reshape",
  outcome(_node, { inputs, output }, fault) {
    if (!inputCount(inputs, 1, 1, fault)) return undefined;
    const x = inputs[0]!;
    if (valuesOf(x) !== valuesOf(output))
      return fault(
        ["output"],
        `${x.shape.join(" x ")} and ${output.shape.join(" x ")} differ in their number of values`,
      );
    return { shape: output.shape, range: x.range, keeps: x };
  },
  // Several pixels a beat stay in raster order in a vector alone.
  folds: (_node, { inputs, output }) =>
    pixelsOf(output) === 1 ? laneFolds(inputs[0]!) : { pe: [1], simd: divisors(inputs[0]!.shape[2]) },
  plan: (_node, { inputs }, { simd, pixels }) => ({
    lanesIn: pixels * simd,
    lanesOut: pixels * simd,
    cycles: valuesOf(inputs[0]!) / (pixels * simd),
    arithmeticLanes: 0,
  }),
  needs: (_node, { inputs, output }, p) => Math.ceil(((p + 1) * pixelsOf(inputs[0]!)) / pixelsOf(output)),
  operations: () => 0,
  formula: () => "the same values in the same order",
  lower(node, types, { simd, pixels }, hw) {
    return hw.rename(hw.input(0, pixels * simd), edgeStream(node.output, types.output, pixels * simd));
  },
});
