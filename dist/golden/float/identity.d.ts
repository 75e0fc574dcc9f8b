import type { FloatLayer } from "./layer.js";
export declare const identity: FloatLayer;
