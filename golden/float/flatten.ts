// The same values as a vector, in HWC order.
import type { FloatLayer } from "./layer.ts";

export const flatten: FloatLayer = (node, [x]) => ({ shape: node.shape, data: x!.data });
