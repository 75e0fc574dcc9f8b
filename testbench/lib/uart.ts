import type { Signal } from "./signals.ts";
import type { Tb } from "./tb.ts";

export interface UartOptions {
  /** Clocks of the first clock that a bit takes. */
  clocksPerBit: number;
  /** 8 by default. */
  bits?: number;
  /** None by default. */
  parity?: "none" | "even" | "odd";
  stopBits?: number;
}

const parityOf = (v: number, parity: "even" | "odd"): number => {
  let p = parity === "odd" ? 1 : 0;
  for (let x = v; x; x >>>= 1) p ^= x & 1;
  return p;
};

/** Sends bytes on a serial line into the design. */
export class UartSource {
  readonly #tb: Tb;
  readonly #line: Signal;
  readonly #options: UartOptions;
  #last: Promise<void> = Promise.resolve();

  constructor(tb: Tb, line: Signal, options: UartOptions) {
    this.#tb = tb;
    this.#line = line;
    this.#options = options;
    line.value = 1;
  }
  /** Sends one byte after another; resolves after the last stop bit. */
  send(bytes: ArrayLike<number>): Promise<void> {
    this.#last = this.#last.then(async () => {
      for (let i = 0; i < bytes.length; i++) await this.#one(bytes[i]!);
    });
    return this.#last;
  }
  async #one(byte: number): Promise<void> {
    const { clocksPerBit, bits = 8, parity = "none", stopBits = 1 } = this.#options;
    const levels = [0, ...Array.from({ length: bits }, (_, k) => (byte >>> k) & 1)];
    if (parity !== "none") levels.push(parityOf(byte, parity));
    for (let k = 0; k < stopBits; k++) levels.push(1);
    for (const level of levels) {
      this.#line.value = level;
      await this.#tb.cycles(clocksPerBit);
    }
  }
}

/** A serial frame without its stop bit, or with wrong parity. */
export class UartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UartError";
  }
}

/** Receives bytes from a serial line of the design; a broken frame fails the run. */
export class UartSink {
  readonly #received: number[] = [];
  readonly #tb: Tb;

  constructor(tb: Tb, line: Signal, options: UartOptions) {
    this.#tb = tb;
    const { clocksPerBit, bits = 8, parity = "none" } = options;
    tb.start(async () => {
      for (;;) {
        await tb.until(() => !line.isX && line.value === 0);
        await tb.cycles(Math.floor(clocksPerBit / 2));
        let byte = 0;
        for (let k = 0; k < bits; k++) {
          await tb.cycles(clocksPerBit);
          byte |= line.value << k;
        }
        if (parity !== "none") {
          await tb.cycles(clocksPerBit);
          if (line.value !== parityOf(byte, parity))
            throw new UartError(`${line.name}: wrong parity of byte 0x${byte.toString(16)} in cycle ${tb.cycle}`);
        }
        await tb.cycles(clocksPerBit);
        if (line.value !== 1)
          throw new UartError(`${line.name}: no stop bit after byte 0x${byte.toString(16)} in cycle ${tb.cycle}`);
        this.#received.push(byte >>> 0);
      }
    }, `uart sink ${line.name}`);
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
