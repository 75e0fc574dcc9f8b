// y = x for x >= 0, below the mean of the two slopes times x, as at inference in PyTorch.
import { type FloatLayer, perValue } from "./layer.ts";

export const randomizedRelu: FloatLayer<{ readonly lower: number; readonly upper: number }> = (node, [x]) => {
  const slope = (node.attrs.lower + node.attrs.upper) / 2;
  return perValue(node, x!, (v) => (v >= 0 ? v : slope * v));
};
