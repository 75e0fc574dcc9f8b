import type { FloatLayer } from "./layer.js";
export declare const maxPool2d: FloatLayer;
