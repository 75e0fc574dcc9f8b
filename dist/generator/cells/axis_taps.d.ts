export declare const axisTaps: import("./define.js").StreamCell<{
    readonly IN_H: "int";
    readonly IN_W: "int";
    readonly CHANNELS: "int";
    readonly BITS: "int";
    readonly KH: "int";
    readonly KW: "int";
    readonly SH: "int";
    readonly SW: "int";
    readonly DH: "int";
    readonly DW: "int";
    readonly PAD_T: "int";
    readonly PAD_L: "int";
    readonly OUT_H: "int";
    readonly OUT_W: "int";
    readonly PAD_VALUE: "int";
}, Record<never, number>>;
