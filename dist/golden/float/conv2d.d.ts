import type { FloatLayer } from "./layer.js";
export declare const conv2d: FloatLayer;
