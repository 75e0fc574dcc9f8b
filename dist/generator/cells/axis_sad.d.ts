export declare const axisSad: import("./define.js").StreamCell<{
    readonly SIMD: "int";
    readonly PE: "int";
    readonly SF: "int";
    readonly NF: "int";
    readonly X_BITS: "int";
    readonly W_BITS: "int";
    readonly ACC_BITS: "int";
    readonly KERNEL: "int";
    readonly DEPTHWISE: "int";
    readonly PIXELS: "int";
    readonly MEM_FILE: "file";
    readonly MEM_STYLE: "style";
}, {
    readonly PIXELS: 1;
}>;
