import { type Console } from "./console.js";
import { type SynthArgs } from "./synth.js";
/** Options of the command line that compare takes beside those of quantization. */
export declare const compareOptions: {
    readonly place: {
        readonly default: false;
        readonly describe: "place and route (--no-place: counts only)";
        readonly type: "boolean";
    };
    readonly "fewest-lanes": {
        readonly describe: "folds of fewest lanes, memories where the tool likes; left out, folds and memories that synth takes";
        readonly type: "boolean";
        readonly default: false;
    };
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
export interface CompareArgs extends SynthArgs {
    readonly fewestLanes?: boolean | undefined;
}
export declare function compareCommand(path: string, args: CompareArgs, force: boolean, out: Console): Promise<void>;
