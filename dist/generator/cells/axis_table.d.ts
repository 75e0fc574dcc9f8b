export declare const axisTable: import("./define.js").StreamCell<{
    readonly LANES: "int";
    readonly IN_BITS: "int";
    readonly OUT_BITS: "int";
    readonly MEM_FILE: "file";
    readonly MEM_STYLE: "style";
}, Record<never, number>>;
