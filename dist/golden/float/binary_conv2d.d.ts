import type { FloatLayer } from "./layer.js";
export declare const binaryConv2d: FloatLayer;
