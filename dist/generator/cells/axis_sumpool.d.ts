export declare const axisSumpool: import("./define.js").StreamCell<{
    readonly LANES: "int";
    readonly IN_BITS: "int";
    readonly OUT_BITS: "int";
    readonly TAPS: "int";
    readonly SIDE: "int";
}, {
    readonly SIDE: 1;
}>;
