// y[o] = SUM x * sign(w[o]) over the whole vector.
import { type FloatLayer, weightsOf } from "./layer.ts";
import { fullyConnected } from "./linear.ts";
import { signOf } from "./sign.ts";
import { product } from "./slide.ts";

export const binaryLinear: FloatLayer = (node, [x]) =>
  fullyConnected(node, x!, weightsOf(node, "weights").map(signOf), product);
