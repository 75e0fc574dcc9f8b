const parityOf = (v, parity) => {
    let p = parity === "odd" ? 1 : 0;
    for (let x = v; x; x >>>= 1)
        p ^= x & 1;
    return p;
};
/** Sends bytes on a serial line into the design. */
export class UartSource {
    #tb;
    #line;
    #options;
    #last = Promise.resolve();
    constructor(tb, line, options) {
        this.#tb = tb;
        this.#line = line;
        this.#options = options;
        tb.claim(line, `uart source ${line.name}`);
        line.value = 1;
    }
    /**
     * Sends one byte after another; resolves after the last stop bit. `fault` spoils each of them: a wrong parity bit, or
     * a low level in the place of the first stop bit with an idle bit behind it.
     */
    send(bytes, fault) {
        if (fault === "parity" && (this.#options.parity ?? "none") === "none")
            throw new TypeError(`${this.#line.name}: without a parity bit there is none to spoil`);
        return this.#queue(async () => {
            for (let i = 0; i < bytes.length; i++)
                await this.#levels(this.#frame(bytes[i], fault));
        });
    }
    /** Holds the line low, two frames long by default, and then high for one bit. */
    sendBreak(bitTimes = 2 * this.#frame(0).length) {
        return this.#queue(() => this.#levels([...Array(bitTimes).fill(0), 1]));
    }
    #queue(work) {
        this.#last = this.#last.then(work);
        return this.#last;
    }
    #frame(byte, fault) {
        const { bits = 8, parity = "none", stopBits = 1 } = this.#options;
        const levels = [0, ...Array.from({ length: bits }, (_, k) => (byte >>> k) & 1)];
        if (parity !== "none")
            levels.push(parityOf(byte, parity) ^ (fault === "parity" ? 1 : 0));
        const stop = Array(stopBits).fill(1);
        return [...levels, ...(fault === "framing" ? [0, ...stop] : stop)];
    }
    async #levels(levels) {
        for (const level of levels) {
            this.#line.value = level;
            await this.#tb.cycles(this.#options.clocksPerBit);
        }
    }
}
const FAULT_TEXT = {
    parity: "wrong parity of",
    framing: "no stop bit after",
    break: "a break instead of a frame:",
};
/** A serial frame with wrong parity or without its stop bit, or a line that stays low: a break. */
export class UartError extends Error {
    kind;
    byte;
    /** Of the first clock. */
    cycle;
    constructor(line, kind, byte, cycle) {
        super(`${line}: ${FAULT_TEXT[kind]} byte 0x${byte.toString(16)} in cycle ${cycle}`);
        this.name = "UartError";
        this.kind = kind;
        this.byte = byte;
        this.cycle = cycle;
    }
}
/** Receives bytes from a serial line of the design. */
export class UartSink {
    /** Broken frames, with `onError: "record"`. */
    errors = [];
    #received = [];
    #tb;
    #line;
    #options;
    constructor(tb, line, options) {
        this.#tb = tb;
        this.#line = line;
        this.#options = options;
        tb.start(async () => {
            for (;;) {
                await tb.until(() => !line.isX && line.value === 0);
                await tb.cycles(Math.floor(options.clocksPerBit / 2));
                // A start bit that is over in its middle was a disturbance.
                if (line.value === 0)
                    await this.#frame();
            }
        }, `uart sink ${line.name}`);
    }
    async #bit() {
        await this.#tb.cycles(this.#options.clocksPerBit);
        return this.#line.value;
    }
    // From the middle of the start bit to the middle of the last stop bit, or to the end of a break.
    async #frame() {
        const { bits = 8, parity = "none", stopBits = 1, onError = "fail" } = this.#options;
        let byte = 0;
        for (let k = 0; k < bits; k++)
            byte |= (await this.#bit()) << k;
        byte >>>= 0;
        const check = parity === "none" ? 0 : await this.#bit();
        let stop = 1;
        for (let k = 0; k < stopBits && stop; k++)
            stop = await this.#bit();
        const fault = !stop
            ? byte === 0 && check === 0
                ? "break"
                : "framing"
            : parity !== "none" && check !== parityOf(byte, parity)
                ? "parity"
                : undefined;
        if (!fault) {
            this.#received.push(byte);
            return;
        }
        const error = new UartError(this.#line.name, fault, byte, this.#tb.cycle);
        if (onError === "fail")
            throw error;
        this.errors.push(error);
        // What follows a missing stop bit is a frame only after the line was high.
        if (!stop)
            await this.#tb.until(() => this.#line.value === 1);
    }
    /** The next byte. */
    async recv() {
        if (!this.#received.length)
            await this.#tb.until(() => this.#received.length > 0);
        return this.#received.shift();
    }
    /** Bytes that nobody has taken yet. */
    count() {
        return this.#received.length;
    }
}
