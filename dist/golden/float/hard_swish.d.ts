export declare const hardSwish: import("./layer.js").FloatLayer;
