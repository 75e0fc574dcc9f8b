import type { Bench } from "./bench.js";
import type { Signal } from "./signals.js";
export interface UartOptions {
    /** Clocks of the first clock that a bit takes. */
    clocksPerBit: number;
    /** 8 by default. */
    bits?: number;
    /** None by default; `even` and `odd` tell how many ones the data and the parity bit have together. */
    parity?: "none" | "even" | "odd";
    /** 1 by default. */
    stopBits?: number;
}
export interface UartSinkOptions extends UartOptions {
    /** A broken frame fails the run (default), or is only kept in `errors` and no byte is received. */
    onError?: "fail" | "record";
}
/** Sends bytes on a serial line into the design. */
export declare class UartSource {
    #private;
    constructor(tb: Bench, line: Signal, options: UartOptions);
    /**
     * Sends one byte after another; resolves after the last stop bit. `fault` spoils each of them: a wrong parity bit, or
     * a low level in the place of the first stop bit with an idle bit behind it.
     */
    send(bytes: ArrayLike<number>, fault?: "parity" | "framing"): Promise<void>;
    /** Holds the line low, two frames long by default, and then high for one bit. */
    sendBreak(bitTimes?: number): Promise<void>;
}
export type UartFault = "parity" | "framing" | "break";
/** A serial frame with wrong parity or without its stop bit, or a line that stays low: a break. */
export declare class UartError extends Error {
    readonly kind: UartFault;
    readonly byte: number;
    /** Of the first clock. */
    readonly cycle: number;
    constructor(line: string, kind: UartFault, byte: number, cycle: number);
}
/** Receives bytes from a serial line of the design. */
export declare class UartSink {
    #private;
    /** Broken frames, with `onError: "record"`. */
    readonly errors: UartError[];
    constructor(tb: Bench, line: Signal, options: UartSinkOptions);
    /** The next byte. */
    recv(): Promise<number>;
    /** Bytes that nobody has taken yet. */
    count(): number;
}
