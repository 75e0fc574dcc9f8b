import { type VerifyArgs } from "./commands.js";
import { type Console } from "./console.js";
export interface NetlistArgs extends VerifyArgs {
    readonly target: string;
    readonly native: boolean;
}
/** Simulates the netlist of the accelerator in Icarus; compares its outputs. Gives the exit code. */
export declare function verifyNetlist(path: string, args: NetlistArgs, out: Console): Promise<number>;
