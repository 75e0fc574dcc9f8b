import {
  AXI4_RESPONSES,
  type Axi4Burst,
  type Axi4Bus,
  type Axi4Channel,
  type Axi4ChannelSignals,
  activeLanes,
  axi4Bus,
  beatAddress,
  burstOf,
  high,
} from "./axi4.ts";
import type { Bench, Clock } from "./bench.ts";
import { H } from "./layout.ts";

/** Number and meaning of each rule of the AXI4 protocol check. */
export const AXI4_RULES: Readonly<Record<number, string>> = {
  1: "valid fell before the transfer",
  2: "the payload changed while valid waited for ready",
  3: "valid is unknown (x) after reset",
  4: "ready is unknown (x) after reset",
  5: "the payload is unknown (x) while valid is high",
  6: "valid is high in reset",
  7: "an INCR burst crosses a boundary of 4 KiB",
  8: "a WRAP burst does not have 2, 4, 8 or 16 beats",
  9: "a WRAP burst does not start at a multiple of its beats' bytes",
  10: "a beat is wider than the bus",
  11: "the burst type is reserved",
  12: "a FIXED burst has more than 16 beats",
  13: "the cache bits are a reserved combination",
  14: "an exclusive access has not 1 to 128 bytes, a power of two, aligned, in 16 beats at most",
  15: "wlast is not on exactly the last beat of its burst",
  16: "a strobe lies outside the lanes of its beat",
  17: "a write is answered that has not been transferred",
  18: "read data without a request of its id",
  19: "rlast is not on exactly the last beat of its burst",
  20: "EXOKAY for an access that is not exclusive",
  21: "valid has waited too long for ready",
  22: "a request has no answer",
};

/** A bus broke a rule of the protocol. */
export class Axi4ProtocolError extends Error {
  readonly rule: number;
  /** Prefix of the bus, and the channel. */
  readonly bus: string;
  readonly channel: Axi4Channel;
  /** Of the bus's clock. */
  readonly cycle: number;
  constructor(bus: string, channel: Axi4Channel, rule: number, cycle: number, detail = "") {
    super(`${bus}, ${channel}: rule AXI4-${rule}: ${AXI4_RULES[rule]}${detail && ` (${detail})`}, in cycle ${cycle}`);
    this.name = "Axi4ProtocolError";
    this.rule = rule;
    this.bus = bus;
    this.channel = channel;
    this.cycle = cycle;
  }
}

export interface Axi4CheckOptions {
  /** Name of the bus's clock; the first clock by default. */
  clock?: string;
  /** Rules that are not checked, by number. */
  except?: readonly number[];
  /** Clocks that a transfer may wait for ready, for rule 21; no limit by default. */
  maxStall?: number;
  /** Clocks that a request may wait for its whole answer, for rule 22; no limit by default. */
  maxLatency?: number;
}

interface Watched {
  c: Axi4ChannelSignals;
  stalled: Map<string, Uint32Array> | undefined;
  waited: number;
}
interface Open extends Axi4Burst {
  since: number;
  beat: number;
}

/** Watches an AXI4 bus of the design, on either side, and fails the run at the first broken rule. Drives nothing. */
export class Axi4Checker {
  readonly #tb: Bench;
  readonly #clk: Clock;
  readonly #prefix: string;
  readonly #bus: Axi4Bus;
  readonly #except: ReadonlySet<number>;
  readonly #options: Axi4CheckOptions;
  readonly #channels: Watched[];
  readonly #reads: Open[] = [];
  /** Writes whose address was transferred, those that lack data first, and beats that came before their address. */
  readonly #writes: Open[] = [];
  readonly #early: { strobe: bigint; last: boolean }[] = [];
  readonly #complete: Open[] = [];

  constructor(tb: Bench, prefix: string, options: Axi4CheckOptions = {}) {
    this.#tb = tb;
    this.#clk = tb.clockNamed(options.clock);
    this.#prefix = prefix;
    this.#options = options;
    for (const rule of options.except ?? [])
      if (!(rule in AXI4_RULES)) throw new RangeError(`AXI4 check ${prefix}: there is no rule ${rule}`);
    this.#except = new Set(options.except);
    this.#bus = axi4Bus(tb, "AXI4 check", prefix, "monitor");
    const { aw, w, b, ar, r } = this.#bus;
    this.#channels = [aw, w, b, ar, r].flatMap((c) => (c ? [{ c, stalled: undefined, waited: 0 }] : []));
    this.#clk.onEdge(() => this.#edge());
  }

  /** Rule 22 at the end of a bench: throws when a request is still unanswered. */
  end(): void {
    const open = this.#reads[0] ?? this.#complete[0] ?? this.#writes[0];
    if (!open) return;
    const channel = open === this.#reads[0] ? "ar" : "aw";
    throw new Axi4ProtocolError(
      this.#prefix,
      channel,
      22,
      this.#clk.cycle,
      `0x${open.address.toString(16)} of cycle ${open.since}`,
    );
  }

  #broken(channel: Axi4Channel, rule: number, detail = ""): void {
    if (!this.#except.has(rule))
      this.#tb.fail(new Axi4ProtocolError(this.#prefix, channel, rule, this.#clk.cycle, detail));
  }

  #edge(): void {
    const { memory } = this.#tb.host.scheduler;
    if (this.#tb.inReset) {
      for (const s of this.#channels) {
        s.stalled = undefined;
        s.waited = 0;
        if (memory[H.RESET_EDGES]! >= 3 && high(s.c.valid)) this.#broken(s.c.name, 6);
      }
      for (const list of [this.#reads, this.#writes, this.#early, this.#complete]) list.length = 0;
      return;
    }
    if (memory[H.CHECK_X] !== 1) return;
    for (const s of this.#channels) this.#handshake(s);
    // Answers before requests: none comes in the clock of its request.
    const { aw, w, b, ar, r } = this.#bus;
    const moves = (c: Axi4ChannelSignals | undefined): c is Axi4ChannelSignals =>
      c !== undefined && high(c.valid) && high(c.ready);
    if (moves(r)) this.#readBeat(r);
    if (moves(b)) this.#answer(b);
    if (moves(ar)) this.#reads.push(this.#open(ar));
    if (moves(aw)) this.#writes.push(this.#open(aw));
    if (moves(w)) {
      const { strb, last } = w.fields;
      const all = (1n << BigInt(this.#bus.bytes)) - 1n;
      this.#early.push({ strobe: strb ? strb.big : all, last: last ? high(last) : true });
    }
    while (this.#early.length && this.#writes.length) this.#writeBeat(this.#writes[0]!, this.#early.shift()!);
    const limit = this.#options.maxLatency;
    if (limit !== undefined)
      for (const [list, channel] of [
        [this.#reads, "ar"],
        [this.#complete, "aw"],
        [this.#writes, "aw"],
      ] as const)
        if (list[0] && this.#clk.cycle - list[0].since > limit)
          this.#broken(
            channel,
            22,
            `0x${list[0].address.toString(16)} of cycle ${list[0].since}, the limit is ${limit}`,
          );
  }

  #handshake(s: Watched): void {
    const { c } = s;
    if (c.valid.isX) this.#broken(c.name, 3);
    if (c.ready.isX) this.#broken(c.name, 4);
    const valid = high(c.valid);
    if (s.stalled) {
      if (!valid) this.#broken(c.name, 1);
      else
        for (const [f, before] of s.stalled) {
          const now = c.fields[f]!.words();
          if (before.some((v, k) => v !== now[k])) this.#broken(c.name, 2, c.fields[f]!.name);
        }
    }
    if (valid)
      for (const f of Object.values(c.fields))
        if (f.isX && !this.#mayBeUnknown(c, f.name)) this.#broken(c.name, 5, f.name);
    const waits = valid && !high(c.ready);
    s.waited = waits ? s.waited + 1 : 0;
    if (this.#options.maxStall !== undefined && s.waited > this.#options.maxStall)
      this.#broken(c.name, 21, `the limit is ${this.#options.maxStall}`);
    s.stalled = waits ? new Map(Object.entries(c.fields).map(([f, signal]) => [f, signal.words()])) : undefined;
  }
  // Bytes without a strobe, lanes outside the beat and the data of an error may be anything.
  #mayBeUnknown(c: Axi4ChannelSignals, name: string): boolean {
    const { data, strb, resp, id } = c.fields;
    if (name !== data?.name) return false;
    if (resp && !resp.isX && resp.value >= 2) return true;
    let lanes = (1n << BigInt(this.#bus.bytes)) - 1n;
    if (c.name === "w" && strb && !strb.isX) lanes = strb.big;
    if (c.name === "r") {
      const of = this.#reads.find((o) => o.id === (id && !id.isX ? Number(id.big) : 0));
      if (!of) return true;
      const [low, up] = activeLanes(beatAddress(of, of.beat), of.beatBytes, this.#bus.bytes);
      lanes = ((1n << BigInt(up - low + 1)) - 1n) << BigInt(low);
    }
    const { bits } = data!;
    for (let lane = 0; lane < this.#bus.bytes; lane++)
      if (
        (lanes >> BigInt(lane)) & 1n &&
        bits.slice(bits.length - 8 * (lane + 1), bits.length - 8 * lane).includes("x")
      )
        return false;
    return true;
  }

  #open(c: Axi4ChannelSignals): Open {
    const b = burstOf(c, this.#bus.bytes);
    const { burst, cache } = c.fields;
    if (burst?.value === 3) this.#broken(c.name, 11);
    if (b.beatBytes > this.#bus.bytes) this.#broken(c.name, 10, `${b.beatBytes} bytes`);
    const at = `0x${b.address.toString(16)}, ${b.beats} beats of ${b.beatBytes} bytes`;
    if (b.burst === "WRAP") {
      if (![2, 4, 8, 16].includes(b.beats)) this.#broken(c.name, 8, at);
      if (b.address % b.beatBytes) this.#broken(c.name, 9, at);
    } else if (b.burst === "FIXED") {
      if (b.beats > 16) this.#broken(c.name, 12, at);
    } else {
      const last = b.address - (b.address % b.beatBytes) + b.beats * b.beatBytes - 1;
      if (Math.floor(b.address / 4096) !== Math.floor(last / 4096)) this.#broken(c.name, 7, at);
    }
    // Allocate bits without modifiable.
    if (cache && cache.value & 0b1100 && !(cache.value & 0b0010))
      this.#broken(c.name, 13, `0b${cache.value.toString(2)}`);
    const total = b.beats * b.beatBytes;
    if (b.exclusive && (total > 128 || total & (total - 1) || b.address % total || b.beats > 16))
      this.#broken(c.name, 14, at);
    return { ...b, since: this.#clk.cycle, beat: 0 };
  }
  #writeBeat(to: Open, { strobe, last }: { strobe: bigint; last: boolean }): void {
    const [low, up] = activeLanes(beatAddress(to, to.beat), to.beatBytes, this.#bus.bytes);
    const lanes = ((1n << BigInt(up - low + 1)) - 1n) << BigInt(low);
    if (strobe & ~lanes)
      this.#broken("w", 16, `beat ${to.beat}: lanes ${low} to ${up}, strobe 0b${strobe.toString(2)}`);
    to.beat++;
    const full = to.beat === to.beats;
    if (full !== last) this.#broken("w", 15, `beat ${to.beat} of ${to.beats}`);
    if (full || last) {
      this.#writes.shift();
      this.#complete.push(to);
    }
  }
  #answer(b: Axi4ChannelSignals): void {
    const { id, resp } = b.fields;
    const of = id ? Number(id.big) : 0;
    const k = this.#complete.findIndex((o) => o.id === of);
    if (k < 0) {
      this.#broken("b", 17, id ? `id ${of}` : "");
      return;
    }
    const [done] = this.#complete.splice(k, 1);
    if (resp && AXI4_RESPONSES[resp.value] === "EXOKAY" && !done!.exclusive) this.#broken("b", 20);
  }
  #readBeat(r: Axi4ChannelSignals): void {
    const { id, resp, last } = r.fields;
    const of = id ? Number(id.big) : 0;
    const k = this.#reads.findIndex((o) => o.id === of);
    if (k < 0) {
      this.#broken("r", 18, id ? `id ${of}` : "");
      return;
    }
    const open = this.#reads[k]!;
    open.beat++;
    const full = open.beat === open.beats;
    if (last && high(last) !== full) this.#broken("r", 19, `beat ${open.beat} of ${open.beats}`);
    if (resp && AXI4_RESPONSES[resp.value] === "EXOKAY" && !open.exclusive) this.#broken("r", 20);
    if (full || (last && high(last))) this.#reads.splice(k, 1);
  }
}
