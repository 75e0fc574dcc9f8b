import { weightsOf } from "./layer.js";
import { signOf } from "./sign.js";
import { product, slide } from "./slide.js";
export const binaryConv2d = (node, [x]) => slide(node, x, weightsOf(node, "weights").map(signOf), product);
