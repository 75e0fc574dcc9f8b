export declare const axisArgmax: import("./define.js").StreamCell<{
    readonly LANES: "int";
    readonly BITS: "int";
    readonly CLASSES: "int";
    readonly INDEX_BITS: "int";
    readonly SIGNED: "int";
}, Record<never, number>>;
