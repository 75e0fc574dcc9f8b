import type { Bench, Bus, Clock } from "./bench.ts";

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

const PORTS = {
  required: [
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
  ],
  optional: ["wstrb", "awprot", "arprot", "bresp", "rresp"],
  drives: [
    "awaddr",
    "awvalid",
    "wdata",
    "wvalid",
    "wstrb",
    "awprot",
    "bready",
    "araddr",
    "arvalid",
    "arprot",
    "rready",
  ],
} as const;

/** An AXI4-Lite master for the design's ports `<prefix>_awaddr` and so on. Accesses are done one after another. */
export class AxilMaster {
  readonly #clk: Clock;
  readonly #prefix: string;
  readonly #s: Bus<(typeof PORTS.required)[number], (typeof PORTS.optional)[number]>;
  #last: Promise<unknown> = Promise.resolve();

  /** `clock` names the bus's clock; the first one by default. */
  constructor(tb: Bench, prefix: string, options: { clock?: string } = {}) {
    this.#clk = tb.clockNamed(options.clock);
    this.#prefix = prefix;
    this.#s = tb.bus("AXI4-Lite master", prefix, PORTS);
  }

  /** Writes a word; `strobe` selects its bytes, all by default. Throws an AxilError unless the answer is OKAY. */
  write(address: number | bigint, data: number | bigint, strobe?: number): Promise<void> {
    return this.#queue(async () => {
      const s = this.#s;
      s.awaddr.value = address;
      s.awvalid.value = 1;
      s.wdata.value = data;
      s.wvalid.value = 1;
      if (s.wstrb) s.wstrb.value = strobe ?? 2 ** s.wstrb.width - 1;
      s.bready.value = 1;
      for (let left = 2; left > 0; ) {
        await this.#clk.rising();
        if (s.awvalid.value && s.awready.value) {
          s.awvalid.value = 0;
          left--;
        }
        if (s.wvalid.value && s.wready.value) {
          s.wvalid.value = 0;
          left--;
        }
      }
      do await this.#clk.rising();
      while (!s.bvalid.value);
      s.bready.value = 0;
      const resp = s.bresp?.value ?? 0;
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
      do await this.#clk.rising();
      while (!s.arready.value);
      s.arvalid.value = 0;
      do await this.#clk.rising();
      while (!s.rvalid.value);
      s.rready.value = 0;
      const resp = s.rresp?.value ?? 0;
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
