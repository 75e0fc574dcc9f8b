// y[o] = SUM x * sign(w[o]) over the window; padding is zeros.
import type { WindowAttrs } from "../../generator/ir/graph.ts";
import type { FloatLayer } from "./layer.ts";
import { weightsOf } from "./layer.ts";
import { signOf } from "./sign.ts";
import { product, slide } from "./slide.ts";

export const binaryConv2d: FloatLayer<WindowAttrs> = (node, [x]) =>
  slide(node, x!, weightsOf(node, "weights").map(signOf), product);
