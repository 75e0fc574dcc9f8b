// y[o] = -SUM |x - w[o]| over the window; padding is a real zero and counts. AdderNet, arXiv:1912.13200, equation 2.
import type { WindowAttrs } from "../../generator/ir/graph.ts";
import type { FloatLayer } from "./layer.ts";
import { weightsOf } from "./layer.ts";
import { distance, slide } from "./slide.ts";

export const adderConv2d: FloatLayer<WindowAttrs> = (node, [x]) =>
  slide(node, x!, weightsOf(node, "weights"), distance);
