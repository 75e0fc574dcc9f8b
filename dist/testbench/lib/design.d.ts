/** A clock of a design: the name of an input port and its period. */
export interface ClockSpec {
    name: string;
    /** Period in nanoseconds, 10 by default; from 0.002 to 4000000, kept to whole picoseconds. */
    period?: number;
    /** Time of the first rising edge in nanoseconds; half a period by default. */
    phase?: number;
}
/** A Verilog or SystemVerilog design as the two simulators take it. */
export interface Design<P extends string = string> {
    /** Name of the module under test. */
    top: string;
    /** Absolute paths, in the order in which they are compiled. */
    sources: readonly string[];
    /** Parameters of the top module; a string is given as a Verilog string. */
    params?: Readonly<Record<string, number | bigint | string>>;
    /** Text macros. */
    defines?: Readonly<Record<string, string>>;
    /** Absolute paths of directories for `include`. */
    includeDirs?: readonly string[];
    /** `[{ name: "clk" }]` by default; the first one counts the cycles of a run. */
    clocks?: readonly ClockSpec[];
    /** Warnings of Verilator that stop the build are switched off by default; "on" reports them as errors. */
    lint?: "off" | "on";
    /** Only for types: names of ports, so that `tb.dut` has them as properties. Never read. */
    readonly portNames?: P;
}
export type Direction = "input" | "output";
/** A port as the design itself declares it, with its parameters applied. */
export interface Port {
    name: string;
    direction: Direction;
    /** Bits. */
    width: number;
}
/** Something is wrong with the design or a tool, before any simulation; `output` is what the tool printed. */
export declare class BuildError extends Error {
    readonly output: string;
    constructor(message: string, output?: string);
}
export declare const clocksOf: (design: Design) => readonly ClockSpec[];
/** Picoseconds of a time in nanoseconds. Throws a RangeError when it is not a positive number. */
export declare function picoseconds(ns: number): number;
