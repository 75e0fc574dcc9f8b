export declare const relu6: import("./layer.js").FloatLayer;
