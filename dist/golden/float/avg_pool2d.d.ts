import type { FloatLayer } from "./layer.js";
export declare const avgPool2d: FloatLayer;
