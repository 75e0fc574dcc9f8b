export declare const relu: import("./layer.js").FloatLayer;
