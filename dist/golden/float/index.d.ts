import type { FloatLayer } from "./layer.js";
export declare const floatLayers: ReadonlyMap<string, FloatLayer>;
export type { FloatLayer } from "./layer.js";
