import type { Bench, Clock } from "./bench.ts";
import type { Signal } from "./signals.ts";

/** A cycle ended with err or rty. */
export class WishboneError extends Error {
  readonly end: "err" | "rty";
  constructor(what: string, end: "err" | "rty") {
    super(`${what}: the cycle ended with ${end}`);
    this.name = "WishboneError";
    this.end = end;
  }
}

// Of a slave: what comes in, and what goes out.
const IN = ["cyc", "stb", "we", "adr", "dat_w", "sel"] as const;
const OUT = ["dat_r", "ack", "err", "rty", "stall"] as const;
type Name = (typeof IN)[number] | (typeof OUT)[number];
type Lines = Readonly<Partial<Record<Name, Signal>> & Record<"cyc" | "stb" | "we" | "adr" | "ack", Signal>>;

/**
 * A Wishbone B4 master for a slave with the ports `<prefix>_cyc_i`, `<prefix>_dat_i`, `<prefix>_dat_o` and so on, or
 * `<prefix>_cyc`, `<prefix>_dat_w`, `<prefix>_dat_r`. Classic cycles; pipelined ones where the design has `stall`.
 */
export class WishboneMaster {
  readonly #clk: Clock;
  readonly #prefix: string;
  readonly #s: Lines;
  #last: Promise<unknown> = Promise.resolve();

  /** `clock` names the bus's clock; the first one by default. */
  constructor(tb: Bench, prefix: string, options: { clock?: string } = {}) {
    this.#clk = tb.clockNamed(options.clock);
    this.#prefix = prefix;
    const suffixed = tb.hasPort(`${prefix}_cyc_i`);
    // Seen from the slave, data that is written comes in at dat_i.
    const suffix = (n: Name): string => ((IN as readonly string[]).includes(n) ? "_i" : "_o");
    const port = (n: Name): string => (suffixed ? `${n.replace(/_[wr]$/, "")}${suffix(n)}` : n);
    const found = tb.bus<string, string>("Wishbone master", prefix, {
      required: (["cyc", "stb", "we", "adr", "ack"] satisfies Name[]).map(port),
      optional: (["dat_w", "dat_r", "sel", "err", "rty", "stall"] satisfies Name[]).map(port),
      drives: IN.map(port),
    });
    const s: Partial<Record<Name, Signal>> = {};
    for (const n of [...IN, ...OUT]) if (found[port(n)]) s[n] = found[port(n)]!;
    this.#s = s as Lines;
  }
  /** Writes a word; `select` chooses its bytes, all by default. Throws a WishboneError at err or rty. */
  async write(address: number | bigint, data: number | bigint, select?: number): Promise<void> {
    await this.#cycle(address, data, select);
  }
  /** Reads a word. Throws a WishboneError at err or rty. */
  read(address: number | bigint): Promise<bigint> {
    return this.#cycle(address);
  }

  #cycle(address: number | bigint, data?: number | bigint, select?: number): Promise<bigint> {
    const work = async (): Promise<bigint> => {
      const s = this.#s;
      s.cyc.value = 1;
      s.stb.value = 1;
      s.we.value = data === undefined ? 0 : 1;
      s.adr.value = address;
      if (s.sel) s.sel.value = select ?? 2 ** s.sel.width - 1;
      if (data !== undefined && s.dat_w) s.dat_w.value = data;
      for (;;) {
        await this.#clk.rising();
        // A pipelined slave has taken the strobe when it does not stall.
        if (s.stall && s.stb.value && !s.stall.value) s.stb.value = 0;
        if (s.ack.value || s.err?.value || s.rty?.value) break;
      }
      const end = s.ack.value ? undefined : s.err?.value ? "err" : "rty";
      const value = data === undefined && !end ? (s.dat_r?.big ?? 0n) : 0n;
      s.cyc.value = 0;
      s.stb.value = 0;
      // A classic slave may hold its answer until the strobe has gone.
      await this.#clk.rising();
      if (end)
        throw new WishboneError(
          `${this.#prefix}: ${data === undefined ? "read" : "write"} of 0x${address.toString(16)}`,
          end,
        );
      return value;
    };
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => undefined);
    return next;
  }
}
