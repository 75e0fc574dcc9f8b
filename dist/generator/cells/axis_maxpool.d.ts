export declare const axisMaxpool: import("./define.js").StreamCell<{
    readonly LANES: "int";
    readonly BITS: "int";
    readonly TAPS: "int";
    readonly SIDE: "int";
}, {
    readonly SIDE: 1;
}>;
