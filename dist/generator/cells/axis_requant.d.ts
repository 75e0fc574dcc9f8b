export declare const axisRequant: import("./define.js").StreamCell<{
    readonly LANES: "int";
    readonly BEATS: "int";
    readonly IN_BITS: "int";
    readonly IN_SIGNED: "int";
    readonly M_BITS: "int";
    readonly B_BITS: "int";
    readonly SHIFT: "int";
    readonly OUT_BITS: "int";
    readonly CLAMP: "int";
    readonly LO: "int";
    readonly HI: "int";
    readonly MODE: "int";
    readonly EXP_BITS: "int";
    readonly NEG: "int";
    readonly PIVOT: "int";
    readonly INTERVAL: "int";
    readonly MEM_FILE: "file";
    readonly MEM_STYLE: "style";
}, {
    readonly INTERVAL: 1;
}>;
