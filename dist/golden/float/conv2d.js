import { weightsOf } from "./layer.js";
import { product, slide } from "./slide.js";
export const conv2d = (node, [x]) => slide(node, x, weightsOf(node, "weights"), product);
