export declare const axisConcat: import("./define.js").StreamCell<{
    readonly WIDTH: "int";
    readonly BEATS0: "int";
    readonly BEATS1: "int";
}, Record<never, number>>;
