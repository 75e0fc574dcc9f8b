// Max pooling: the largest q under the window; taps outside the image take no part.
import type { MaxPoolNode } from "../../generator/ir/quantized.ts";
import { maximum } from "../arith/index.ts";
import { type Op, sizeOf, storageFor } from "./op.ts";
import { gather } from "./window.ts";

export const maxPoolOp: Op<MaxPoolNode> = (node, [x], { output }) => {
  const [oh, ow, channels] = output.shape;
  const data = storageFor(output.range, sizeOf(output.shape));
  let at = 0;
  for (let oy = 0; oy < oh; oy++)
    for (let ox = 0; ox < ow; ox++)
      for (let c = 0; c < channels; c++, at++) data[at] = maximum.eval(gather(x!, node.window, oy, ox, c, 1, null));
  return { output: { shape: output.shape, data } };
};
