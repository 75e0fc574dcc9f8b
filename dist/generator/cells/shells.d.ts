export declare const shellCells: readonly [import("./define.js").Cell<{
    readonly WIDTH: "int";
    readonly N: "int";
}, Partial<{
    readonly WIDTH: number;
    readonly N: number;
}>>, import("./define.js").Cell<{
    readonly CLKS_PER_BIT: "int";
}, Partial<{
    readonly CLKS_PER_BIT: number;
}>>, import("./define.js").Cell<{
    readonly CLKS_PER_BIT: "int";
}, Partial<{
    readonly CLKS_PER_BIT: number;
}>>, import("./define.js").Cell<{
    readonly BYTES: "int";
    readonly IDLE: "int";
}, Partial<{
    readonly BYTES: number;
    readonly IDLE: number;
}>>, import("./define.js").Cell<{
    readonly CLOCKS: "int";
}, Partial<{
    readonly CLOCKS: number;
}>>];
