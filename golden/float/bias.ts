// y = x + bias of each channel.
import { type FloatLayer, perValue, weightsOf } from "./layer.ts";

export const bias: FloatLayer = (node, [x]) => {
  const b = weightsOf(node, "bias");
  return perValue(node, x!, (v, c) => v + b[c]!);
};
