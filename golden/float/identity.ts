// y = x
import type { FloatLayer } from "./layer.ts";

export const identity: FloatLayer = (node, [x]) => ({ shape: node.shape, data: x!.data });
