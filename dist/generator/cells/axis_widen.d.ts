export declare const axisWiden: import("./define.js").StreamCell<{
    readonly BITS: "int";
    readonly IN_LANES: "int";
    readonly OUT_LANES: "int";
    readonly CHANNELS: "int";
}, Record<never, number>>;
