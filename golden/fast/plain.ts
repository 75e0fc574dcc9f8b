// Ops that take little of a network's time: their definition, with its results copied to where they belong.
import type { QuantizedNode } from "../../generator/ir/quantized.ts";
import { evalNode } from "../ops/index.ts";
import type { Prepare } from "./step.ts";

export const plainStep: Prepare<QuantizedNode> = (node, edges, { inputs, output }) => {
  const views = inputs.map((data, i) => ({ shape: edges.inputs[i]!.shape, data: data as Int32Array | Float64Array }));
  return () => {
    output.set(evalNode(node, views, edges).output.data);
  };
};
