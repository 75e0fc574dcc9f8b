// y = sign(x) |x|^exponent
import { type FloatLayer, perValue } from "./layer.ts";

export const power: FloatLayer<{ readonly exponent: number }> = (node, [x]) =>
  perValue(node, x!, (v) => Math.sign(v) * Math.abs(v) ** node.attrs.exponent);
