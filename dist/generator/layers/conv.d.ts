import { type LayerDef } from "./define.js";
export declare const adderConv2d: LayerDef;
export declare const conv2d: LayerDef;
export declare const binaryConv2d: LayerDef;
