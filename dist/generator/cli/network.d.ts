import type { Source } from "../diagnostics/print.js";
import type { Graph } from "../ir/graph.js";
import type { QuantizeOptions } from "../ir/quantize-options.js";
import type { QuantizedNetwork } from "../ir/quantized.js";
import { type Console } from "./console.js";
export interface Opened {
    /** What later messages point into; a file of integers has no such places. */
    readonly source: Source | undefined;
    /** Absent for a file of integers. */
    readonly graph: Graph | undefined;
    readonly integers: QuantizedNetwork | undefined;
    readonly quantization: Partial<QuantizeOptions> & {
        readonly calibration?: string;
    };
}
export declare function openNetwork(path: string, console: Console): Opened;
export interface QuantizeArgs {
    readonly calibration?: string | undefined;
    readonly calibrationCount?: number | undefined;
    readonly bits?: number | undefined;
    readonly joinBits?: number | undefined;
    readonly productBits?: number | undefined;
    readonly mode?: string | undefined;
    readonly method?: string | undefined;
    readonly percentile?: number | undefined;
    readonly multiplierBits?: number | undefined;
}
/** The integer network of a file: read, or made from the real one with the options given there and on the command line. */
export declare function integersOf(path: string, opened: Opened, args: QuantizeArgs, console: Console): QuantizedNetwork;
