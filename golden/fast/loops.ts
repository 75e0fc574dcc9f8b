// Ops as loops over typed arrays: for the nodes whose numbers are too large for the kernels. The others are computed by
// their definition.
import type { QuantizedNode } from "../../generator/ir/quantized.ts";
import { add, maximum, requant } from "../arith/index.ts";
import { plainStep } from "./plain.ts";
import { avgPoolStep, maxPoolStep } from "./pool.ts";
import type { Prepare } from "./step.ts";
import { macStep, sadStep } from "./weighted.ts";

const loops: { readonly [K in QuantizedNode["op"]]?: Prepare<Extract<QuantizedNode, { op: K }>> } = {
  sad: sadStep,
  mac: macStep,
  max_pool: maxPoolStep,
  avg_pool: avgPoolStep,
  requant: (node, edges, { inputs: [x], output }) => {
    const finish = requant.prepare(node.requant, edges.inputs[0]!.range);
    const channels = edges.output.shape[2];
    return () => {
      for (let i = 0, c = 0; i < output.length; i++, c = c + 1 === channels ? 0 : c + 1) output[i] = finish(x![i]!, c);
    };
  },
  add: (node, edges, { inputs, output }) => {
    const ranges = edges.inputs.map((e) => e.range);
    const finish = add.prepare(node, ranges);
    const values = new Float64Array(inputs.length);
    return () => {
      for (let i = 0; i < output.length; i++) {
        for (let n = 0; n < inputs.length; n++) values[n] = inputs[n]![i]!;
        output[i] = finish(values);
      }
    };
  },
  argmax:
    (_node, _edges, { inputs: [x], output }) =>
    () => {
      const channels = x!.length / output.length;
      for (let p = 0; p < output.length; p++) output[p] = maximum.index(x!.subarray(p * channels, (p + 1) * channels));
    },
  reshape:
    (_node, _edges, { inputs: [x], output }) =>
    () => {
      output.set(x!);
    },
};

/** The function that computes one frame of a node. */
export const loopFor: Prepare<QuantizedNode> = (node, edges, buffers) =>
  ((loops[node.op] as Prepare<QuantizedNode> | undefined) ?? plainStep)(node, edges, buffers);
