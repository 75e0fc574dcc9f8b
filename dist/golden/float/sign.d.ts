export declare const signOf: (v: number) => number;
export declare const sign: import("./layer.js").FloatLayer;
