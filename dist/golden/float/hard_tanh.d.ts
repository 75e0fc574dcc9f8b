export declare const hardTanh: import("./layer.js").FloatLayer;
