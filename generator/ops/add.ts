// Residual connection: streams meet pixel by pixel, two at a time; only the last sum is rounded.
import { add, bitsFor } from "../../golden/arith/index.ts";
import { axisAdd } from "../cells/axis_add.ts";
import type { AddNode } from "../ir/quantized.ts";
import { sumRange } from "./check.ts";
import { defineOp, edgeStream, laneFolds, onePixel, pixelsOf, valuesOf } from "./define.ts";

/** A constant as B + B_HIGH * 2^16, both within 32 bits. */
function split(constant: number): { B: number; B_HIGH: number } {
  const B_HIGH = Math.floor(constant / 65536);
  if (Math.abs(B_HIGH) >= 2 ** 31) throw new Error(`constant ${constant} of an addition needs more than 48 bits`);
  return { B: constant - B_HIGH * 65536, B_HIGH };
}

export const addOp = defineOp<AddNode>({
  op: "add",
  outcome(node, types, fault) {
    const range = sumRange(node, types, fault);
    return range && { shape: types.inputs[0]!.shape, range };
  },
  folds: (_node, { output }) => laneFolds(output),
  plan: (node, { output }, { simd, pixels }) => ({
    lanesIn: pixels * simd,
    lanesOut: pixels * simd,
    cycles: valuesOf(output) / (pixels * simd),
    arithmeticLanes: pixels * simd * (node.inputs.length - 1),
  }),
  needs: onePixel,
  operations: (node, { output }) => pixelsOf(output) * output.shape[2] * (node.inputs.length - 1),
  formula: (node) => `${node.inputs.join(" + ")}, each at its own scale`,
  lower(node, { inputs, output }, { simd, pixels }, hw) {
    const lanes = pixels * simd;
    const out = edgeStream(node.output, output, lanes);
    let sum = hw.input(0, lanes);
    for (let i = 1; i < inputs.length; i++) {
      const last = i === inputs.length - 1;
      // Multipliers are ratios of scales, so that no partial sum is negative.
      const partial = bitsFor(
        add.sumRange(
          { ...node, multipliers: node.multipliers.slice(0, i + 1) },
          inputs.slice(0, i + 1).map((t) => t.range),
        ),
      );
      const to = { lanes, laneBits: partial, signed: false, channels: out.channels };
      sum = hw.join(
        i === 1 ? "add" : `add_${i}`,
        axisAdd,
        {
          LANES: lanes,
          X0_BITS: sum.laneBits,
          X1_BITS: inputs[i]!.bits,
          OUT_BITS: last ? output.bits : partial,
          M0: i === 1 ? node.multipliers[0]! : 1,
          M1: node.multipliers[i]!,
          ...split(last ? node.bias : 0),
          SHIFT: last ? node.shift : 0,
          CLAMP: last ? 1 : 0,
          LO: last ? node.clamp.min : 0,
          HI: last ? node.clamp.max : 0,
        },
        [sum, hw.input(i, lanes)],
        last ? out : { ...to, pixels: out.pixels, beatsPerFrame: out.beatsPerFrame },
      );
    }
    return sum;
  },
});
