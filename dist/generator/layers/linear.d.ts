import { type LayerDef } from "./define.js";
export declare const adderLinear: LayerDef;
export declare const linear: LayerDef;
export declare const binaryLinear: LayerDef;
