// y[o] = SUM x * w[o] over the window (cross-correlation), plus a bias where there is one.
import type { WindowAttrs } from "../../generator/ir/graph.ts";
import type { FloatLayer } from "./layer.ts";
import { weightsOf } from "./layer.ts";
import { product, slide } from "./slide.ts";

export const conv2d: FloatLayer<WindowAttrs> = (node, [x]) => slide(node, x!, weightsOf(node, "weights"), product);
