export declare const axisReplay: import("./define.js").StreamCell<{
    readonly BITS: "int";
    readonly IN_LANES: "int";
    readonly OUT_LANES: "int";
    readonly TIMES: "int";
}, Record<never, number>>;
