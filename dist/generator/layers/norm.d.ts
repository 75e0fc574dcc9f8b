export declare const batchNorm: import("./define.js").LayerDef;
export declare const bias: import("./define.js").LayerDef;
