import { type Numbers } from "./define.js";
export declare const converterParams: {
    readonly BITS: "int";
    readonly IN_LANES: "int";
    readonly OUT_LANES: "int";
    readonly CHANNELS: "int";
};
type Converter = Numbers<typeof converterParams>;
/** One clock, or wires where the lanes are as many. */
export declare const converterFill: (p: Converter) => number;
export declare const converterPorts: (p: Converter) => import("./define.js").Ports;
export declare const converterBeats: (p: Converter) => {
    IN_BEATS: number;
    OUT_BEATS: number;
};
export {};
