export declare const add: import("./define.js").LayerDef;
export declare const concat: import("./define.js").LayerDef;
