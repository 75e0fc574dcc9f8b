import type { Schedule } from "../5-schedule/schedule.js";
import { area, type Module } from "../device/flow/netlist.js";
import { type Place, type Timing } from "../device/flow/timing.js";
import { boardTop } from "../device/shell/board.js";
import type { HwGraph } from "../ir/hardware.js";
import type { QuantizedNetwork } from "../ir/quantized.js";
import { type KernelChoice, type Target } from "../targets/index.js";
import { type Console } from "./console.js";
import { type Opened, type QuantizeArgs } from "./network.js";
export { usesDsp } from "./budget.js";
/** Options of the command line that synth takes beside those of quantization. */
export declare const synthOptions: {
    readonly target: {
        readonly alias: "t";
        readonly describe: "board or device family";
        readonly type: "string";
        readonly demandOption: true;
    };
    readonly output: {
        readonly alias: "o";
        readonly describe: "output folder: Verilog, netlist, reports, bitstream";
        readonly type: "string";
    };
    readonly fps: {
        readonly describe: "frames a second to reach; left out, the fastest that should fit";
        readonly type: "number";
    };
    readonly clock: {
        readonly describe: "clock in MHz; left out, the board's";
        readonly type: "number";
    };
    readonly kernel: {
        readonly describe: "L1 kernel; left out, the family's smaller one for each array";
        readonly choices: readonly [0, 1];
        readonly type: "number";
    };
    readonly dsp: {
        readonly describe: "multipliers in DSP blocks (--no-dsp: in logic)";
        readonly type: "boolean";
        readonly default: true;
    };
    readonly place: {
        readonly describe: "place and route (--no-place: counts only)";
        readonly type: "boolean";
        readonly default: true;
    };
    readonly native: {
        readonly describe: "this machine's programs before the npm packages";
        readonly type: "boolean";
        readonly default: false;
    };
    readonly seed: {
        readonly describe: "seed of place and route";
        readonly type: "number";
        readonly default: 1;
    };
};
export interface SynthArgs extends QuantizeArgs {
    readonly target: string;
    readonly output?: string | undefined;
    readonly fps?: number | undefined;
    readonly clock?: number | undefined;
    readonly kernel?: number | undefined;
    readonly dsp: boolean;
    readonly native: boolean;
    readonly place: boolean;
    readonly seed: number;
}
/** The network with the values before its class among the outputs, so that a board shows both. */
export declare function withLogits(net: QuantizedNetwork): QuantizedNetwork;
export interface Fitted {
    readonly net: QuantizedNetwork;
    readonly fps: number | undefined;
}
/** In place of a layer: what a board adds to the accelerator. */
export declare const SERIAL = "(serial line)";
/** Instance names and the layer that each belongs to. */
export declare function instanceOwners(hw: HwGraph, board?: readonly string[], owner?: string): Map<string, string>;
interface Outcome {
    readonly hw: HwGraph;
    readonly files: Map<string, string | Uint8Array>;
    readonly area: ReturnType<typeof area>;
    readonly timing: Timing | undefined;
    readonly notPlaced: string | undefined;
    readonly bitstream: string | undefined;
    readonly top: string;
    readonly board: ReturnType<typeof boardTop> | undefined;
    readonly tools: {
        tool: string;
        seconds: number;
    }[];
}
/** What a tool is doing: each line on a terminal, a step every ten seconds in a log. */
export declare const progressOf: (out: Console) => (tool: string, line: string) => void;
/**
 * Synthesizes one fold, and places it where that can be done. A board's clock that place and route does not reach is
 * lowered until it is; the folds stay.
 */
export declare function implement(net: QuantizedNetwork, fps: number | undefined, MHz: number, target: Target, args: Pick<SynthArgs, "dsp" | "native" | "place" | "seed">, kernel: KernelChoice, opened: Opened, out: Console, plan?: Schedule): Promise<Outcome>;
/** Place of a cell as place and route names it. @param owners instance names and the layer of each */
export declare function placeFinder(module: Module, hw: HwGraph, owners: ReadonlyMap<string, string>): (cell: string) => Place | undefined;
export declare function synthCommand(path: string, args: SynthArgs, force: boolean, out: Console): Promise<void>;
