// y = x for x >= 0, slope * x below.
import { type FloatLayer, perValue } from "./layer.ts";

export const leakyRelu: FloatLayer<{ readonly slope: number }> = (node, [x]) => {
  const slope = node.attrs.slope;
  return perValue(node, x!, (v) => (v >= 0 ? v : slope * v));
};
