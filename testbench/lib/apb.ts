import type { Bench, Bus, Clock } from "./bench.ts";

/** An access ended with pslverr. */
export class ApbError extends Error {
  constructor(what: string) {
    super(`${what}: the answer is an error (pslverr)`);
    this.name = "ApbError";
  }
}

const PORTS = {
  required: ["psel", "penable", "paddr", "pwrite", "pwdata", "prdata"],
  optional: ["pready", "pslverr", "pstrb", "pprot"],
  drives: ["psel", "penable", "paddr", "pwrite", "pwdata", "pstrb", "pprot"],
} as const;

/** An APB master (APB2 to APB4) for the design's ports `<prefix>_psel` and so on. Accesses are done one after another. */
export class ApbMaster {
  readonly #clk: Clock;
  readonly #prefix: string;
  readonly #s: Bus<(typeof PORTS.required)[number], (typeof PORTS.optional)[number]>;
  #last: Promise<unknown> = Promise.resolve();

  /** `clock` names the bus's clock; the first one by default. */
  constructor(tb: Bench, prefix: string, options: { clock?: string } = {}) {
    this.#clk = tb.clockNamed(options.clock);
    this.#prefix = prefix;
    this.#s = tb.bus("APB master", prefix, PORTS);
  }
  /** Writes a word; `strobe` selects its bytes, all by default. Throws an ApbError at pslverr. */
  async write(address: number | bigint, data: number | bigint, strobe?: number): Promise<void> {
    const { pstrb } = this.#s;
    if (strobe !== undefined && !pstrb) throw new TypeError(`APB master ${this.#prefix}: the design has no pstrb`);
    await this.#access(address, data, strobe ?? (pstrb ? 2 ** pstrb.width - 1 : 0));
  }
  /** Reads a word. Throws an ApbError at pslverr. */
  read(address: number | bigint): Promise<bigint> {
    return this.#access(address);
  }

  #access(address: number | bigint, data?: number | bigint, strobe = 0): Promise<bigint> {
    const work = async (): Promise<bigint> => {
      const s = this.#s;
      // Setup, then access until the design is ready.
      s.psel.value = 1;
      s.penable.value = 0;
      s.paddr.value = address;
      s.pwrite.value = data === undefined ? 0 : 1;
      if (data !== undefined) s.pwdata.value = data;
      if (s.pstrb) s.pstrb.value = strobe;
      if (s.pprot) s.pprot.value = 0;
      await this.#clk.rising();
      s.penable.value = 1;
      do await this.#clk.rising();
      while (s.pready && !s.pready.value);
      const failed = s.pslverr?.value === 1;
      const value = data === undefined && !failed ? s.prdata.big : 0n;
      s.psel.value = 0;
      s.penable.value = 0;
      if (failed)
        throw new ApbError(`${this.#prefix}: ${data === undefined ? "read" : "write"} of 0x${address.toString(16)}`);
      return value;
    };
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => undefined);
    return next;
  }
}
