import { type Design, type RunOptions, type Tb } from "../../testbench/lib/index.js";
import type { SimulatorName } from "../../testbench/lib/simulators.js";
import type { HwGraph } from "../ir/hardware.js";
import type { QuantizedNetwork } from "../ir/quantized.js";
import type { IntTensor } from "../ir/tensor.js";
export declare const imageBytes: (hw: HwGraph, image: IntTensor) => number[];
/** What the golden model answers to an image: the outputs one after another. */
export declare function goldenAnswer(net: QuantizedNetwork, hw: HwGraph, image: IntTensor): number[];
export interface SerialOptions {
    readonly sim: SimulatorName;
    readonly clocksPerBit: number;
    readonly bytesOut: number;
    /** Level of the button at rest; undefined where there is none. */
    readonly button?: number | undefined;
    readonly maxCycles: number;
    readonly initSeeds?: RunOptions["initSeeds"];
}
/** A conversation with a board: `ask` sends an image and gives the bytes of the answer. */
export declare const talk: (hw: HwGraph, design: Design, options: SerialOptions, script: (ask: (image: IntTensor) => Promise<number[]>, tb: Tb, send: (bytes: readonly number[]) => Promise<void>) => Promise<void>) => Promise<import("../../testbench/lib/run.js").RunResult<void>>;
