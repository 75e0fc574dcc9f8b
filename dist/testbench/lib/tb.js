import { AxilMaster } from "./axil.js";
import { AxisMonitor, AxisSink, AxisSource } from "./axis.js";
import { Bench } from "./bench.js";
import { Scoreboard } from "./scoreboard.js";
import { UartSink, UartSource } from "./uart.js";
/**
 * What `run` gives a bench. Its agents are classes that take (tb, prefix), as an agent of your own does; the methods here
 * only save writing `new`.
 */
export class Tb extends Bench {
    /** Drives the design's input stream `<prefix>_tdata`, `_tvalid`, `_tready` and so on. */
    axisSource(prefix, options = {}) {
        return new AxisSource(this, prefix, options);
    }
    /** Takes frames from the design's output stream. */
    axisSink(prefix, options = {}) {
        return new AxisSink(this, prefix, options);
    }
    /** Records the beats of any stream and checks the protocol's rules; `check: false` only records. */
    axisMonitor(prefix, options = {}) {
        return new AxisMonitor(this, prefix, options);
    }
    /** Checks the protocol's rules on a stream; a violation fails the run and names the rule. */
    protocolCheck(prefix, check = {}) {
        new AxisMonitor(this, prefix, { record: false, check, ...(check.clock ? { clock: check.clock } : {}) });
    }
    /** Reads and writes registers of the design over AXI4-Lite. */
    axilMaster(prefix) {
        return new AxilMaster(this, prefix);
    }
    /** Sends bytes on a serial input of the design. */
    uartSource(line, options) {
        return new UartSource(this, line, options);
    }
    /** Receives bytes from a serial output of the design; a broken frame fails the run, or is recorded. */
    uartSink(line, options) {
        return new UartSink(this, line, options);
    }
    /** Compares what comes with what is expected, in order. */
    scoreboard(options = {}) {
        return new Scoreboard(this, options);
    }
}
