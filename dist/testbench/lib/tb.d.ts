import { AxilMaster } from "./axil.js";
import { AxisMonitor, AxisSink, AxisSource, type CheckOptions } from "./axis.js";
import type { AxisOptions } from "./axis_port.js";
import { Bench } from "./bench.js";
import { Scoreboard, type ScoreboardOptions } from "./scoreboard.js";
import type { Signal } from "./signals.js";
import { type UartOptions, UartSink, type UartSinkOptions, UartSource } from "./uart.js";
/**
 * What `run` gives a bench. Its agents are classes that take (tb, prefix), as an agent of your own does; the methods here
 * only save writing `new`.
 */
export declare class Tb<P extends string = string> extends Bench<P> {
    /** Drives the design's input stream `<prefix>_tdata`, `_tvalid`, `_tready` and so on. */
    axisSource(prefix: string, options?: AxisOptions): AxisSource;
    /** Takes frames from the design's output stream. */
    axisSink(prefix: string, options?: AxisOptions): AxisSink;
    /** Records the beats of any stream and checks the protocol's rules; `check: false` only records. */
    axisMonitor(prefix: string, options?: AxisOptions & {
        check?: CheckOptions | false;
    }): AxisMonitor;
    /** Checks the protocol's rules on a stream; a violation fails the run and names the rule. */
    protocolCheck(prefix: string, check?: CheckOptions): void;
    /** Reads and writes registers of the design over AXI4-Lite. */
    axilMaster(prefix: string): AxilMaster;
    /** Sends bytes on a serial input of the design. */
    uartSource(line: Signal, options: UartOptions): UartSource;
    /** Receives bytes from a serial output of the design; a broken frame fails the run, or is recorded. */
    uartSink(line: Signal, options: UartSinkOptions): UartSink;
    /** Compares what comes with what is expected, in order. */
    scoreboard<T>(options?: ScoreboardOptions<T>): Scoreboard<T>;
}
