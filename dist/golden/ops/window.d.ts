import type { WindowAttrs } from "../../generator/ir/graph.js";
import type { IntTensor, Shape } from "../../generator/ir/tensor.js";
/** Row-major index of the pixel under tap (ky, kx) of output position (oy, ox); -1 outside the image. */
export declare function pixelUnder(a: WindowAttrs, [h, w]: Shape, oy: number, ox: number, ky: number, kx: number): number;
/**
 * Values under the window at (oy, ox) of channels [first, first + count), in (ky, kx, channel) order. A tap outside the
 * image gives `outside`, or nothing where that is null.
 */
export declare function gather(x: IntTensor, a: WindowAttrs, oy: number, ox: number, first: number, count: number, outside: number | null): number[];
