// y[o] = -SUM |x - w[o]| over the whole vector.
import type { FloatLayer } from "./layer.ts";
import { weightsOf } from "./layer.ts";
import { fullyConnected } from "./linear.ts";
import { distance } from "./slide.ts";

export const adderLinear: FloatLayer = (node, [x]) => fullyConnected(node, x!, weightsOf(node, "weights"), distance);
