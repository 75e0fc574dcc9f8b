import type { LayerDef } from "./define.js";
export declare const layers: ReadonlyMap<string, LayerDef>;
/** The definition of a kind that stage 1 has accepted. */
export declare function layerOf(kind: string): LayerDef;
