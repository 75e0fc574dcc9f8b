// y = scale * x + offset of each channel.
import { type FloatLayer, perValue, weightsOf } from "./layer.ts";

export const scale: FloatLayer = (node, [x]) => {
  const a = weightsOf(node, "scale");
  const b = node.tensors.offset?.data;
  return perValue(node, x!, (v, c) => v * a[c]! + (b?.[c] ?? 0));
};
