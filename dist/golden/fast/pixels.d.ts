import type { WindowAttrs } from "../../generator/ir/graph.js";
import type { Shape } from "../../generator/ir/tensor.js";
/** Pixel index of tap t = ky * width + kx at output position p in entry p * taps + t; -1 outside the image. */
export declare function pixelTable(window: WindowAttrs, input: Shape, output: Shape): Int32Array;
