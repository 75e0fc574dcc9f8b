import { type Console } from "./console.js";
import type { NetlistArgs } from "./netlist.js";
/** Simulates the bitstream behind its serial line. Gives the exit code. */
export declare function verifyBitstream(path: string, args: NetlistArgs, out: Console): Promise<number>;
/** icebox_vlog reads `set_io name pin` and no options. */
export declare const plainPins: (pcf: string) => string;
/** icebox_vlog declares each port in the header and again as a wire or register, which Verilog-2005 does not allow. */
export declare function plainPorts(verilog: string): string;
