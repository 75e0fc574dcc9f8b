export declare const axisFifo: import("./define.js").StreamCell<{
    readonly WIDTH: "int";
    readonly DEPTH: "int";
}, Record<never, number>>;
