import { type LayerDef } from "./define.js";
export declare const flatten: LayerDef;
export declare const identity: LayerDef;
export declare const dropout: LayerDef;
export declare const upsample: LayerDef;
export declare const pad: LayerDef;
