import { weightsOf } from "./layer.js";
import { distance, slide } from "./slide.js";
export const adderConv2d = (node, [x]) => slide(node, x, weightsOf(node, "weights"), distance);
