export declare const axisAdd: import("./define.js").StreamCell<{
    readonly LANES: "int";
    readonly X0_BITS: "int";
    readonly X1_BITS: "int";
    readonly OUT_BITS: "int";
    readonly M0: "int";
    readonly M1: "int";
    readonly B: "int";
    readonly B_HIGH: "int";
    readonly SHIFT: "int";
    readonly CLAMP: "int";
    readonly LO: "int";
    readonly HI: "int";
    readonly INTERVAL: "int";
}, {
    readonly INTERVAL: 1;
    readonly B_HIGH: 0;
}>;
