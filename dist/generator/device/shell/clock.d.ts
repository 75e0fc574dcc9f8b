import type { Target } from "../../targets/target.js";
export interface ClockSource {
    readonly MHz: number;
    /** How, in words. */
    readonly how: string;
    /** Verilog from the port `clk` to the wires `core_clk` and `locked`; empty where the pin itself is the clock. */
    readonly verilog: readonly string[];
    /** Cells of templates/ that it instantiates. */
    readonly cells: readonly string[];
}
/**
 * The fastest clock of at most `most` MHz that the board can make; the slowest that it can where all are faster.
 * The pin's own clock where it is as fast.
 */
export declare function clockSource(target: Target, prefix: string, most: number): ClockSource;
