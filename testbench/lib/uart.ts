import type { Bench } from "./bench.ts";
import type { Signal } from "./signals.ts";

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

const parityOf = (v: number, parity: "even" | "odd"): number => {
  let p = parity === "odd" ? 1 : 0;
  for (let x = v; x; x >>>= 1) p ^= x & 1;
  return p;
};

/** Sends bytes on a serial line into the design. */
export class UartSource {
  readonly #tb: Bench;
  readonly #line: Signal;
  readonly #options: UartOptions;
  #last: Promise<void> = Promise.resolve();

  constructor(tb: Bench, line: Signal, options: UartOptions) {
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
  send(bytes: ArrayLike<number>, fault?: "parity" | "framing"): Promise<void> {
    if (fault === "parity" && (this.#options.parity ?? "none") === "none")
      throw new TypeError(`${this.#line.name}: without a parity bit there is none to spoil`);
    return this.#queue(async () => {
      for (let i = 0; i < bytes.length; i++) await this.#levels(this.#frame(bytes[i]!, fault));
    });
  }
  /** Holds the line low, two frames long by default, and then high for one bit. */
  sendBreak(bitTimes = 2 * this.#frame(0).length): Promise<void> {
    return this.#queue(() => this.#levels([...Array<number>(bitTimes).fill(0), 1]));
  }
  #queue(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(work);
    return this.#last;
  }
  #frame(byte: number, fault?: "parity" | "framing"): number[] {
    const { bits = 8, parity = "none", stopBits = 1 } = this.#options;
    const levels = [0, ...Array.from({ length: bits }, (_, k) => (byte >>> k) & 1)];
    if (parity !== "none") levels.push(parityOf(byte, parity) ^ (fault === "parity" ? 1 : 0));
    const stop = Array<number>(stopBits).fill(1);
    return [...levels, ...(fault === "framing" ? [0, ...stop] : stop)];
  }
  async #levels(levels: readonly number[]): Promise<void> {
    for (const level of levels) {
      this.#line.value = level;
      await this.#tb.cycles(this.#options.clocksPerBit);
    }
  }
}

export type UartFault = "parity" | "framing" | "break";

const FAULT_TEXT: Readonly<Record<UartFault, string>> = {
  parity: "wrong parity of",
  framing: "no stop bit after",
  break: "a break instead of a frame:",
};

/** A serial frame with wrong parity or without its stop bit, or a line that stays low: a break. */
export class UartError extends Error {
  readonly kind: UartFault;
  readonly byte: number;
  /** Of the first clock. */
  readonly cycle: number;
  constructor(line: string, kind: UartFault, byte: number, cycle: number) {
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
  readonly errors: UartError[] = [];
  readonly #received: number[] = [];
  readonly #tb: Bench;
  readonly #line: Signal;
  readonly #options: UartSinkOptions;

  constructor(tb: Bench, line: Signal, options: UartSinkOptions) {
    this.#tb = tb;
    this.#line = line;
    this.#options = options;
    tb.start(async () => {
      for (;;) {
        await tb.until(() => !line.isX && line.value === 0);
        await tb.cycles(Math.floor(options.clocksPerBit / 2));
        // A start bit that is over in its middle was a disturbance.
        if (line.value === 0) await this.#frame();
      }
    }, `uart sink ${line.name}`);
  }
  async #bit(): Promise<number> {
    await this.#tb.cycles(this.#options.clocksPerBit);
    return this.#line.value;
  }
  // From the middle of the start bit to the middle of the last stop bit, or to the end of a break.
  async #frame(): Promise<void> {
    const { bits = 8, parity = "none", stopBits = 1, onError = "fail" } = this.#options;
    let byte = 0;
    for (let k = 0; k < bits; k++) byte |= (await this.#bit()) << k;
    byte >>>= 0;
    const check = parity === "none" ? 0 : await this.#bit();
    let stop = 1;
    for (let k = 0; k < stopBits && stop; k++) stop = await this.#bit();
    const fault: UartFault | undefined = !stop
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
    if (onError === "fail") throw error;
    this.errors.push(error);
    // What follows a missing stop bit is a frame only after the line was high.
    if (!stop) await this.#tb.until(() => this.#line.value === 1);
  }
  /** The next byte. */
  async recv(): Promise<number> {
    if (!this.#received.length) await this.#tb.until(() => this.#received.length > 0);
    return this.#received.shift()!;
  }
  /** Bytes that nobody has taken yet. */
  count(): number {
    return this.#received.length;
  }
}
