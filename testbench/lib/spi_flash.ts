import type { Bench } from "./bench.ts";
import { SpiDevice, type SpiOptions } from "./spi.ts";

export interface SpiFlashOptions extends Pick<SpiOptions, "clock"> {
  /** Bytes from `at` on (0 by default); everything else is erased, 0xff. */
  contents: Uint8Array;
  at?: number;
  /** Bytes of the device, at which addresses begin again; 16 MiB by default. */
  size?: number;
  /** In power-down at first, as the configuration of an FPGA leaves it; true by default. */
  asleep?: boolean;
  /** Clocks from the end of the release from power-down until commands are heard, 36 by default: 3 us at 12 MHz. */
  wakeClocks?: number;
}

/**
 * A serial flash (W25Q, N25Q and alike) for a design that reads it: 03h reads, 9Fh tells the maker, B9h and ABh are
 * power-down and the release from it. Commands that it does not hear, or does not know, read as 0xff.
 */
export class SpiFlash {
  /** First bytes of the selections so far, heard or not. */
  readonly commands: number[] = [];
  /** Bytes that were read by 03h so far. */
  reads = 0;
  /** Holds the contents; tests may change them. */
  contents: Uint8Array;
  readonly #at: number;
  readonly #size: number;

  constructor(tb: Bench, prefix: string, options: SpiFlashOptions) {
    const { contents, at = 0, size = 2 ** 24, asleep = true, wakeClocks = 36, clock } = options;
    this.contents = contents;
    this.#at = at;
    this.#size = size;
    const device = new SpiDevice(tb, prefix, clock === undefined ? {} : { clock });
    let [sleeps, woken, heard, clocks] = [asleep, Number.NEGATIVE_INFINITY, false, 0];
    const cs = ["cs_n", "ss_n", "csn"].find((n) => tb.hasPort(`${prefix}_${n}`)) ?? "cs_n";
    const select = tb.signal(`${prefix}_${cs}`);
    let selected = false;
    tb.clockNamed(clock).onEdge(() => {
      clocks++;
      if (select.isX) return;
      const now = select.value === 0;
      if (selected && !now) {
        // A command takes effect as its selection ends.
        const words = device.transfers.at(-1) ?? [];
        if (words[0] === 0xab && sleeps) [sleeps, woken] = [false, clocks];
        if (words[0] === 0xb9 && heard) sleeps = true;
      }
      selected = now;
    });
    device.reply = (words) => {
      if (words.length === 0) heard = !sleeps && clocks - woken >= wakeClocks;
      if (words.length === 1) this.commands.push(words[0]!);
      if (!heard) return 0xff;
      if (words[0] === 0x9f) return [0xef, 0x40, 0x18][words.length - 1] ?? 0xff;
      if (words[0] !== 0x03 || words.length < 4) return 0xff;
      this.reads++;
      const first = (words[1]! << 16) | (words[2]! << 8) | words[3]!;
      return this.byte(first + words.length - 4);
    };
  }

  /** The byte at an address. */
  byte(address: number): number {
    return this.contents[(address % this.#size) - this.#at] ?? 0xff;
  }
}
