export declare const hardSigmoid: import("./layer.js").FloatLayer;
