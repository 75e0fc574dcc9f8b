export declare const sigmoid: import("./layer.js").FloatLayer;
