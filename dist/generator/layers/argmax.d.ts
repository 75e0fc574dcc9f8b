export declare const argmax: import("./define.js").LayerDef;
