// y[o] = SUM x * sign(w[o]) over the whole vector.
import { weightsOf } from "./layer.js";
import { fullyConnected } from "./linear.js";
import { signOf } from "./sign.js";
import { product } from "./slide.js";
export const binaryLinear = (node, [x]) => fullyConnected(node, x, weightsOf(node, "weights").map(signOf), product);
