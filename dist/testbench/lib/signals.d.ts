import type { Port } from "./design.js";
/** Thrown on reading a value that the simulator does not know. */
export declare class UnknownValueError extends Error {
    constructor(name: string, bits: string);
}
/** What the signals of one run share. */
export interface SignalContext {
    memory: Uint32Array;
    /** Distance from a port's value to its mask of X and Z bits. */
    mask: number;
    /** Set while the bench may only read. */
    readOnly: boolean;
}
/**
 * A port of the design. Outputs read as the design's registers see them at the present clock edge; what is written to
 * an input reaches the design just after that edge.
 */
export declare class Signal {
    #private;
    readonly name: string;
    readonly width: number;
    readonly direction: Port["direction"];
    constructor(port: Port, at: number, context: SignalContext, writable: boolean);
    /** The value as an unsigned number. Throws on X or Z, and for ports wider than 32 bits: use `big` there. */
    get value(): number;
    /** Takes an unsigned value, or a negative one in two's complement. Throws a RangeError when it does not fit. */
    set value(v: number | bigint);
    /** The value as a number in two's complement, up to 32 bits. */
    get signed(): number;
    /** The value as an unsigned BigInt, of any width. Throws on X or Z. */
    get big(): bigint;
    set big(v: bigint);
    /** True when any bit is X or Z. Always false on Verilator, which has no X. */
    get isX(): boolean;
    /** The bits, highest first, with x for every unknown one. */
    get bits(): string;
    /** Copies the value's 32-bit words, lowest first, without looking for X. */
    words(): Uint32Array;
    /** Sets the value from 32-bit words, lowest first. Throws a RangeError when there are too many or too few. */
    setWords(words: ArrayLike<number>): void;
    /** The same as setting `value`. */
    write(v: number | bigint): void;
    toString(): string;
}
/** Cuts all signals of a run off the memory, so that a stray task cannot touch the next run. */
export declare function retire(context: SignalContext): void;
/** The signals of a design by name. A misspelt name throws and says which names there are. */
export type Dut<P extends string = string> = Readonly<Record<P, Signal>>;
export declare function makeDut(signals: readonly Signal[], top: string): Dut;
