import { weightsOf } from "./layer.js";
import { fullyConnected } from "./linear.js";
import { distance } from "./slide.js";
export const adderLinear = (node, [x]) => fullyConnected(node, x, weightsOf(node, "weights"), distance);
