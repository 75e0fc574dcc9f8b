// y = the mean of the window. With `countPad` (the default) padding counts as zeros, without it only the image's own
// values count. Taps beyond the declared padding never count, as in PyTorch with ceil_mode.
import type { WindowAttrs } from "../../generator/ir/graph.ts";
import type { FloatLayer } from "./layer.ts";
import { pool } from "./pool.ts";

export const avgPool2d: FloatLayer<WindowAttrs & { readonly countPad?: boolean }> = (node, [x]) => {
  const countPad = node.attrs.countPad ?? true;
  return pool(
    node,
    x!,
    (inside, onPadded) => inside.reduce((a, b) => a + b, 0) / (countPad ? onPadded : inside.length),
  );
};
