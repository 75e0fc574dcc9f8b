import type { Bench, Clock } from "./bench.ts";
import type { Signal } from "./signals.ts";

/** Nobody has acknowledged a byte. */
export class I2cError extends Error {
  constructor(what: string) {
    super(`${what} was not acknowledged`);
    this.name = "I2cError";
  }
}
export interface I2cMasterOptions {
  /** Name of the clock to count by; the first clock by default. */
  clock?: string;
  /** Clocks that a quarter of a bit takes, 5 by default. */
  quarter?: number;
}

// A line is low when anybody pulls it: the design by `_o` = 0 (with `_t` = 0 or `_oe` = 1, where there is one), or an agent.
class Line {
  readonly #in: Signal;
  readonly #pulled: () => boolean;
  readonly pulls = new Set<object>();
  constructor(tb: Bench, who: string, prefix: string, name: string) {
    const found = tb.bus<string, string>(who, prefix, {
      required: [`${name}_i`],
      optional: [`${name}_o`, `${name}_t`, `${name}_oe`],
      drives: [`${name}_i`],
    });
    this.#in = found[`${name}_i`]!;
    const [o, t, oe] = [found[`${name}_o`], found[`${name}_t`], found[`${name}_oe`]];
    const low = (s: Signal | undefined, otherwise: boolean): boolean => (s ? !s.isX && s.value === 0 : otherwise);
    const drives = (): boolean => (t ? low(t, true) : oe ? !oe.isX && oe.value === 1 : o !== undefined);
    this.#pulled = () => drives() && low(o, true);
  }
  get level(): number {
    return this.pulls.size || this.#pulled() ? 0 : 1;
  }
  drive(): void {
    this.#in.value = this.level;
  }
}

interface Lines {
  scl: Line;
  sda: Line;
}
const buses = new WeakMap<Bench, Map<string, Lines>>();
// Several agents on a bus share its lines.
function linesOf(tb: Bench, prefix: string): Lines {
  const known = buses.get(tb) ?? new Map<string, Lines>();
  buses.set(tb, known);
  let lines = known.get(prefix);
  if (!lines) {
    const l = { scl: new Line(tb, "I2C bus", prefix, "scl"), sda: new Line(tb, "I2C bus", prefix, "sda") };
    lines = l;
    known.set(prefix, l);
    for (const line of [l.scl, l.sda]) line.drive();
    tb.clk.onEdge(
      () => undefined,
      () => {
        l.scl.drive();
        l.sda.drive();
      },
    );
  }
  return lines;
}

/** An I2C master with seven-bit addresses, for ports `<prefix>_scl_i`, `_scl_o`, `_sda_i`, `_sda_o`. Waits for a stretched clock. */
export class I2cMaster {
  readonly #clk: Clock;
  readonly #prefix: string;
  readonly #lines: Lines;
  readonly #quarter: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(tb: Bench, prefix: string, options: I2cMasterOptions = {}) {
    this.#clk = tb.clockNamed(options.clock);
    this.#prefix = prefix;
    this.#lines = linesOf(tb, prefix);
    this.#quarter = options.quarter ?? 5;
  }
  /** Sends bytes to a device. Throws an I2cError where one is not acknowledged. */
  write(address: number, bytes: ArrayLike<number>): Promise<void> {
    return this.#queue(async () => {
      await this.#begin(address, 0);
      await this.#send(address, bytes);
      await this.#stop();
    });
  }
  /** `n` bytes of a device; behind the bytes of `first`, with a repeated start, where they are given. */
  read(address: number, n: number, first: ArrayLike<number> = []): Promise<number[]> {
    return this.#queue(async () => {
      if (first.length) {
        await this.#begin(address, 0);
        await this.#send(address, first);
      }
      await this.#begin(address, 1);
      const bytes: number[] = [];
      for (let k = 0; k < n; k++) {
        let byte = 0;
        for (let b = 0; b < 8; b++) byte = (byte << 1) | (await this.#bit(1));
        await this.#bit(k === n - 1 ? 1 : 0);
        bytes.push(byte);
      }
      await this.#stop();
      return bytes;
    });
  }
  #queue<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => undefined);
    return next;
  }
  #set(line: Line, level: number): void {
    if (level) line.pulls.delete(this);
    else line.pulls.add(this);
  }
  #wait(): Promise<void> {
    return this.#clk.cycles(this.#quarter);
  }
  async #rise(): Promise<void> {
    this.#set(this.#lines.scl, 1);
    await this.#wait();
    while (!this.#lines.scl.level) await this.#clk.rising();
  }
  async #bit(level: number): Promise<number> {
    this.#set(this.#lines.sda, level);
    await this.#wait();
    await this.#rise();
    const seen = this.#lines.sda.level;
    await this.#wait();
    this.#set(this.#lines.scl, 0);
    await this.#wait();
    return seen;
  }
  async #byte(byte: number): Promise<boolean> {
    for (let b = 7; b >= 0; b--) await this.#bit((byte >> b) & 1);
    return (await this.#bit(1)) === 0;
  }
  // A start, or a repeated one, with the address.
  async #begin(address: number, reads: 0 | 1): Promise<void> {
    this.#set(this.#lines.sda, 1);
    await this.#wait();
    await this.#rise();
    this.#set(this.#lines.sda, 0);
    await this.#wait();
    this.#set(this.#lines.scl, 0);
    await this.#wait();
    if (!(await this.#byte((address << 1) | reads))) {
      await this.#stop();
      throw new I2cError(`${this.#prefix}: address 0x${address.toString(16)}`);
    }
  }
  async #send(address: number, bytes: ArrayLike<number>): Promise<void> {
    for (let k = 0; k < bytes.length; k++)
      if (!(await this.#byte(bytes[k]!))) {
        await this.#stop();
        throw new I2cError(`${this.#prefix}: byte ${k} for address 0x${address.toString(16)}`);
      }
  }
  async #stop(): Promise<void> {
    this.#set(this.#lines.sda, 0);
    await this.#wait();
    await this.#rise();
    this.#set(this.#lines.sda, 1);
    await this.#wait();
  }
}

export interface I2cDeviceOptions {
  address: number;
  /** The byte to send when it is read, by number since the start; 255 by default. */
  reply?: (k: number) => number;
  /** False leaves a byte unacknowledged; all are acknowledged by default. */
  accept?: (byte: number, k: number) => boolean;
  /** Clocks for which the device holds scl low behind each bit. */
  stretch?: number;
}

/** An I2C device for a design that is the master, or beside one. */
export class I2cDevice {
  /** Bytes of each write to the address so far. */
  readonly writes: number[][] = [];

  constructor(tb: Bench, prefix: string, options: I2cDeviceOptions) {
    const { scl, sda } = linesOf(tb, prefix);
    const { address, reply = () => 255, accept = () => true, stretch = 0 } = options;
    let [clock, data] = [1, 1];
    // The number of the bit on the line, 8 for the acknowledgement; -1 before the first clock falls behind a start.
    let [active, bit, byte, k] = [false, -1, 0, 0];
    let [addressed, addressing, sending, acknowledged] = [false, false, false, false];
    let held = 0;
    const pull = (low: boolean): void => {
      if (low) sda.pulls.add(this);
      else sda.pulls.delete(this);
    };
    const next = (): void => pull(sending && ((byte >> (7 - bit)) & 1) === 0);
    tb.clk.onEdge(() => {
      const [c, d] = [scl.level, sda.level];
      if (held && --held === 0) scl.pulls.delete(this);
      if (c && clock && d !== data) {
        // A start or a stop.
        [active, bit, byte, k] = [!d, -1, 0, 0];
        [addressed, addressing, sending] = [false, !d, false];
        pull(false);
      } else if (active && c && !clock) {
        if (bit === 8) acknowledged = d === 0;
        else if (!sending) byte = ((byte << 1) | d) & 255;
      } else if (active && !c && clock) {
        bit++;
        if (bit === 9) {
          bit = 0;
          if (addressing) addressing = false;
          else {
            k++;
            if (sending && !acknowledged) [addressed, sending] = [false, false];
          }
          byte = sending ? reply(k) & 255 : 0;
          next();
        } else if (bit === 8) {
          if (addressing) {
            addressed = byte >> 1 === address;
            sending = addressed && (byte & 1) === 1;
            if (addressed && !sending) this.writes.push([]);
            pull(addressed);
            // Somebody else is meant: what comes until the next start is not.
            active = addressed;
          } else if (sending) pull(false);
          else if (addressed) {
            const yes = accept(byte, k);
            if (yes) this.writes.at(-1)!.push(byte);
            pull(yes);
          }
        } else if (sending) next();
        if (stretch && addressed) {
          scl.pulls.add(this);
          held = stretch;
        }
      }
      [clock, data] = [c, d];
    });
  }
}
