// The pixels under every window of a node, found once.
import type { WindowAttrs } from "../../generator/ir/graph.ts";
import type { Shape } from "../../generator/ir/tensor.ts";
import { pixelUnder } from "../ops/window.ts";

/** Pixel index of tap t = ky * width + kx at output position p in entry p * taps + t; -1 outside the image. */
export function pixelTable(window: WindowAttrs, input: Shape, output: Shape): Int32Array {
  const [kh, kw] = window.kernel;
  const table = new Int32Array(output[0] * output[1] * kh * kw);
  let at = 0;
  for (let oy = 0; oy < output[0]; oy++)
    for (let ox = 0; ox < output[1]; ox++)
      for (let ky = 0; ky < kh; ky++)
        for (let kx = 0; kx < kw; kx++) table[at++] = pixelUnder(window, input, oy, ox, ky, kx);
  return table;
}
