export declare const tanh: import("./layer.js").FloatLayer;
