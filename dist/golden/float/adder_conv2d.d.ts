import type { FloatLayer } from "./layer.js";
export declare const adderConv2d: FloatLayer;
