import type { WindowAttrs } from "../ir/graph.js";
/**
 * Taps that a mean counts at each output position, in raster order: those on the image, with `padded` those on the
 * declared padding too; taps further out, where a rounded-up size lets windows hang over, never count.
 */
export declare function divisors({ kernel, stride, dilation, padding }: WindowAttrs, [height, width]: readonly [number, number, ...number[]], [rows, columns]: readonly [number, number, ...number[]], padded: boolean): number[];
export declare const maxPool2d: import("./define.js").LayerDef;
export declare const globalAvgPool: import("./define.js").LayerDef;
export declare const avgPool2d: import("./define.js").LayerDef;
