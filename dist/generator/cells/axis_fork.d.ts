export declare const axisFork: import("./define.js").StreamCell<{
    readonly WIDTH: "int";
    readonly N: "int";
}, Record<never, number>>;
