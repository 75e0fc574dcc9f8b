import type { Signal } from "./signals.ts";
import type { Tb } from "./tb.ts";

/** The answer to an access was not OKAY. */
export class AxilError extends Error {
  /** 2: SLVERR, 3: DECERR, 1: EXOKAY, which AXI4-Lite does not have. */
  readonly resp: number;
  constructor(what: string, resp: number) {
    super(`${what}: the answer is ${["OKAY", "EXOKAY", "SLVERR", "DECERR"][resp]}`);
    this.name = "AxilError";
    this.resp = resp;
  }
}

const CHANNELS = [
  "awaddr",
  "awvalid",
  "awready",
  "wdata",
  "wvalid",
  "wready",
  "bvalid",
  "bready",
  "araddr",
  "arvalid",
  "arready",
  "rdata",
  "rvalid",
  "rready",
] as const;
type Channel = (typeof CHANNELS)[number];

/** An AXI4-Lite master for the design's ports `<prefix>_awaddr` and so on. Accesses are done one after another. */
export class AxilMaster {
  readonly #tb: Tb;
  readonly #prefix: string;
  readonly #s: Record<Channel, Signal>;
  readonly #optional: Partial<Record<"wstrb" | "awprot" | "arprot" | "bresp" | "rresp", Signal>>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(tb: Tb, prefix: string) {
    this.#tb = tb;
    this.#prefix = prefix;
    this.#s = Object.fromEntries(CHANNELS.map((c) => [c, tb.signal(`${prefix}_${c}`)])) as Record<Channel, Signal>;
    const has = (c: string): Signal | undefined =>
      Object.hasOwn(tb.dut, `${prefix}_${c}`) ? tb.signal(`${prefix}_${c}`) : undefined;
    this.#optional = {};
    for (const c of ["wstrb", "awprot", "arprot", "bresp", "rresp"] as const) {
      const s = has(c);
      if (s) this.#optional[c] = s;
    }
  }

  /** Writes a word; `strobe` selects its bytes, all by default. Throws an AxilError unless the answer is OKAY. */
  write(address: number | bigint, data: number | bigint, strobe?: number): Promise<void> {
    return this.#queue(async () => {
      const s = this.#s;
      s.awaddr.value = address;
      s.awvalid.value = 1;
      s.wdata.value = data;
      s.wvalid.value = 1;
      if (this.#optional.wstrb) this.#optional.wstrb.value = strobe ?? 2 ** this.#optional.wstrb.width - 1;
      s.bready.value = 1;
      for (let left = 2; left > 0; ) {
        await this.#tb.rising();
        if (s.awvalid.value && s.awready.value) {
          s.awvalid.value = 0;
          left--;
        }
        if (s.wvalid.value && s.wready.value) {
          s.wvalid.value = 0;
          left--;
        }
      }
      do await this.#tb.rising();
      while (!s.bvalid.value);
      s.bready.value = 0;
      const resp = this.#optional.bresp?.value ?? 0;
      if (resp !== 0) throw new AxilError(`${this.#prefix}: write of 0x${address.toString(16)}`, resp);
    });
  }

  /** Reads a word. Throws an AxilError unless the answer is OKAY. */
  read(address: number | bigint): Promise<bigint> {
    return this.#queue(async () => {
      const s = this.#s;
      s.araddr.value = address;
      s.arvalid.value = 1;
      s.rready.value = 1;
      do await this.#tb.rising();
      while (!s.arready.value);
      s.arvalid.value = 0;
      do await this.#tb.rising();
      while (!s.rvalid.value);
      s.rready.value = 0;
      const resp = this.#optional.rresp?.value ?? 0;
      if (resp !== 0) throw new AxilError(`${this.#prefix}: read of 0x${address.toString(16)}`, resp);
      return s.rdata.big;
    });
  }

  #queue<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => undefined);
    return next;
  }
}
