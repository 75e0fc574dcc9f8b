import type { Bench, Clock } from "./bench.ts";
import type { Signal } from "./signals.ts";

export interface SpiOptions {
  /** CPOL in bit 1, CPHA in bit 0; 0 by default. */
  mode?: 0 | 1 | 2 | 3;
  /** Bits of a word, 8 by default. */
  bits?: number;
  /** Name of the clock to count by; the first clock by default. */
  clock?: string;
  /** The lowest bit goes first; the highest by default. */
  lsbFirst?: boolean;
}
export interface SpiMasterOptions extends SpiOptions {
  /** Clocks of the first clock that half a bit takes, 4 by default. */
  halfPeriod?: number;
}

interface Lines {
  sck: Signal;
  mosi: Signal;
  miso: Signal;
  cs: Signal;
  /** Level of a selected device. */
  active: 0 | 1;
}

// `<prefix>_sck` or `_sclk`, `_mosi`, `_miso`, and `_cs_n`, `_ss_n` or `_cs`.
function linesOf(tb: Bench, who: string, prefix: string, drives: readonly ("sck" | "mosi" | "miso" | "cs")[]): Lines {
  const name = (...of: string[]): string => of.find((n) => tb.hasPort(`${prefix}_${n}`)) ?? of[0]!;
  const cs = name("cs_n", "ss_n", "csn", "cs", "ss");
  const names = { sck: name("sck", "sclk"), mosi: "mosi", miso: "miso", cs };
  const found = tb.bus<string>(who, prefix, { required: Object.values(names), drives: drives.map((d) => names[d]) });
  const active = /n$/.test(cs) ? 0 : 1;
  return { sck: found[names.sck]!, mosi: found.mosi!, miso: found.miso!, cs: found[cs]!, active };
}
const order = (word: number, bits: number, lsbFirst: boolean, k: number): number =>
  (word >>> (lsbFirst ? k : bits - 1 - k)) & 1;

/** An SPI master for a design that is a device. */
export class SpiMaster {
  readonly #clk: Clock;
  readonly #lines: Lines;
  readonly #options: Required<Omit<SpiMasterOptions, "clock">>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(tb: Bench, prefix: string, options: SpiMasterOptions = {}) {
    this.#clk = tb.clockNamed(options.clock);
    this.#lines = linesOf(tb, "SPI master", prefix, ["sck", "mosi", "cs"]);
    this.#options = { mode: 0, bits: 8, lsbFirst: false, halfPeriod: 4, ...options };
    this.#lines.cs.value = 1 - this.#lines.active;
    this.#lines.sck.value = this.#options.mode >> 1;
  }
  /** Sends words while the device is selected; the words that came back. */
  transfer(words: ArrayLike<number>): Promise<number[]> {
    const work = async (): Promise<number[]> => {
      const { sck, mosi, miso, cs, active } = this.#lines;
      const { mode, bits, lsbFirst, halfPeriod } = this.#options;
      const idle = mode >> 1;
      const late = (mode & 1) === 1;
      const half = (): Promise<void> => this.#clk.cycles(halfPeriod);
      const back: number[] = [];
      cs.value = active;
      await half();
      for (let w = 0; w < words.length; w++) {
        let got = 0;
        for (let k = 0; k < bits; k++) {
          // CPHA 0 samples at the first edge of a bit, CPHA 1 at the second; the other one changes the data.
          if (late) sck.value = 1 - idle;
          mosi.value = order(words[w]!, bits, lsbFirst, k);
          await half();
          sck.value = late ? idle : 1 - idle;
          const bit = miso.value;
          got |= bit << (lsbFirst ? k : bits - 1 - k);
          await half();
          if (!late) sck.value = idle;
        }
        back.push(got >>> 0);
      }
      await half();
      cs.value = 1 - active;
      await half();
      return back;
    };
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => undefined);
    return next;
  }
}

/** An SPI device for a design that is the master: keeps the words that come, and answers with `reply`. */
export class SpiDevice {
  /** Words of each selection so far. */
  readonly transfers: number[][] = [];
  /** The next word to send, from the words that came in this selection so far; 0 by default. */
  reply: (received: readonly number[]) => number = () => 0;
  readonly #clk: Clock;
  readonly #lines: Lines;
  readonly #options: Required<Omit<SpiOptions, "clock">>;

  constructor(tb: Bench, prefix: string, options: SpiOptions = {}) {
    this.#clk = tb.clockNamed(options.clock);
    this.#lines = linesOf(tb, "SPI device", prefix, ["miso"]);
    this.#options = { mode: 0, bits: 8, lsbFirst: false, ...options };
    let [selected, level] = [false, this.#options.mode >> 1];
    let words: number[] = [];
    let [got, at, out] = [0, 0, 0];
    const { sck, mosi, miso, cs, active } = this.#lines;
    const { mode, bits, lsbFirst } = this.#options;
    let next: number | undefined;
    const show = (): void => {
      next = order(out, bits, lsbFirst, at);
    };
    this.#clk.onEdge(
      () => {
        if (cs.isX || sck.isX || tb.inReset) return;
        const now = cs.value === active;
        if (now && !selected) {
          words = [];
          this.transfers.push(words);
          [got, at, out] = [0, 0, this.reply(words)];
          level = mode >> 1;
          if (!(mode & 1)) show();
        }
        selected = now;
        if (!selected || sck.value === level) return;
        level = sck.value;
        const first = level !== mode >> 1;
        if (first === ((mode & 1) === 0)) {
          got |= mosi.value << (lsbFirst ? at : bits - 1 - at);
          at++;
          if (at < bits) return;
          words.push(got >>> 0);
          [got, at, out] = [0, 0, this.reply(words)];
        } else show();
      },
      () => {
        if (next !== undefined) miso.value = next;
        next = undefined;
      },
    );
  }
  /** The words of the next whole selection. */
  async recv(): Promise<number[]> {
    const { cs, active } = this.#lines;
    const before = this.transfers.length;
    await this.#clk.until(() => this.transfers.length > before && cs.value !== active);
    return this.transfers[before]!;
  }
}
