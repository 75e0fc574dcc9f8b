import {
  AXI4_RESPONSES,
  type Axi4Burst,
  type Axi4Bus,
  type Axi4ChannelSignals,
  type Axi4Pauses,
  type Axi4Response,
  activeLanes,
  axi4Bus,
  beatAddress,
  beatWords,
  burstOf,
  high,
  pausing,
  wordsToBytes,
} from "./axi4.ts";
import type { Bench, Clock } from "./bench.ts";
import { Rand } from "./rand.ts";

export interface Axi4MemoryOptions {
  /** Name of the bus's clock; the first clock by default. */
  clock?: string;
  /** First address and bytes of the memory; an access outside is answered with DECERR. All addresses by default. */
  base?: number;
  size?: number;
  /** Clocks from the last transfer of a request to its answer, or the least and the most of them; 1 by default. */
  latency?: number | readonly [number, number];
  /** Answers to different ids come in any order; those of one id never overtake. False by default. */
  reorder?: boolean;
  /** Read data of different ids change beat by beat. False by default. */
  interleave?: boolean;
  /** Requests of a kind that are taken before one is answered; 16 by default. */
  outstanding?: number;
  /** Clocks in which a channel does nothing. */
  pause?: Axi4Pauses;
  /** An answer that is an error, on demand; undefined for the usual one. */
  respond?: (access: Axi4Access) => Axi4Response | undefined;
  /** The same of a single beat of a read, counted from 0, where its burst is not answered with an error as a whole. */
  respondBeat?: (access: Axi4Access, beat: number) => Axi4Response | undefined;
  /** Whether a beat of a read is kept back, and all behind it that may not overtake; asked in each clock. */
  holdBeat?: (access: Axi4Access, beat: number) => boolean;
  /** A beat of respondBeat has what the memory holds, not noise: nothing but the response tells that it is wrong. False by default. */
  errorData?: boolean;
}

/** A burst that the memory has taken. */
export interface Axi4Access extends Axi4Burst {
  kind: "read" | "write";
  /** Cycle of the address. */
  cycle: number;
}

interface Pending extends Axi4Access {
  /** Cycle from which on it may be answered. */
  due: number;
  response: Axi4Response;
  beat: number;
}

const PAGE = 4096;

/**
 * An AXI4 slave with memory behind it, for a design that is the master of `<prefix>_araddr`, `<prefix>_awaddr` and so on
 * (read channels, write channels or both): bursts FIXED, INCR and WRAP, narrow and unaligned beats, strobes. Bytes that
 * nobody has written, lanes outside a beat and the payload of an idle channel are noise.
 */
export class Axi4Memory {
  /** Every burst taken so far, in order. */
  readonly accesses: Axi4Access[] = [];
  /** Data that was transferred, without lanes outside the beats and bytes without a strobe. */
  bytesRead = 0;
  bytesWritten = 0;
  readonly #tb: Bench;
  readonly #clk: Clock;
  readonly #prefix: string;
  readonly #bus: Axi4Bus;
  readonly #options: Axi4MemoryOptions;
  readonly #paused: ReturnType<typeof pausing>;
  readonly #pages = new Map<number, Uint8Array>();
  readonly #reads: Pending[] = [];
  readonly #writes: Pending[] = [];
  readonly #answers: Pending[] = [];
  readonly #data: { bytes: Uint8Array; strobe: bigint; last: boolean }[] = [];
  #streaming: Pending | undefined;
  readonly #noise: Rand;

  constructor(tb: Bench, prefix: string, options: Axi4MemoryOptions = {}) {
    this.#tb = tb;
    this.#clk = tb.clockNamed(options.clock);
    this.#prefix = prefix;
    this.#options = options;
    this.#bus = axi4Bus(tb, "AXI4 memory", prefix, "slave");
    const [least, most] = this.#latency();
    if (!(least >= 0 && most >= least && Number.isInteger(least) && Number.isInteger(most)))
      throw new RangeError(`AXI4 memory ${prefix}: no latency ${JSON.stringify(options.latency)}`);
    this.#paused = pausing(tb, options.pause);
    this.#noise = new Rand(tb.seed ^ 0x5eed);
    this.#clk.onEdge(
      () => this.#observe(),
      () => this.#drive(),
    );
  }

  /** `n` bytes from an address on, without a simulated access. */
  read(address: number, n: number): Uint8Array {
    return Uint8Array.from({ length: n }, (_, k) => this.#byte(address + k));
  }
  /** Stores bytes without a simulated access. */
  write(address: number, bytes: ArrayLike<number>): void {
    for (let k = 0; k < bytes.length; k++) this.#store(address + k, bytes[k]!);
  }
  /** Nothing is left to answer. */
  idle(): boolean {
    return !this.#reads.length && !this.#writes.length && !this.#answers.length && !this.#data.length;
  }

  #latency(): readonly [number, number] {
    const { latency = 1 } = this.#options;
    return typeof latency === "number" ? [latency, latency] : latency;
  }
  #page(address: number): Uint8Array {
    const n = Math.floor(address / PAGE);
    let page = this.#pages.get(n);
    if (!page) {
      // The same noise whatever is looked at first.
      const rand = new Rand(this.#tb.seed ^ Math.imul(n + 1, 0x9e3779b1));
      page = Uint8Array.from({ length: PAGE }, () => rand.u32() & 255);
      this.#pages.set(n, page);
    }
    return page;
  }
  #byte(address: number): number {
    return this.#page(address)[address % PAGE]!;
  }
  #store(address: number, byte: number): void {
    this.#page(address)[address % PAGE] = byte;
  }

  #observe(): void {
    const { aw, w, ar } = this.#bus;
    if (this.#tb.inReset) {
      for (const list of [this.#reads, this.#writes, this.#answers, this.#data]) list.length = 0;
      this.#streaming = undefined;
      return;
    }
    if (ar && high(ar.valid) && high(ar.ready)) this.#reads.push(this.#take(ar, "read"));
    if (aw && high(aw.valid) && high(aw.ready)) this.#writes.push(this.#take(aw, "write"));
    if (w && high(w.valid) && high(w.ready)) {
      const { data, strb, last } = w.fields;
      this.#data.push({
        bytes: wordsToBytes(data!.words(), this.#bus.bytes),
        strobe: strb ? strb.big : (1n << BigInt(this.#bus.bytes)) - 1n,
        last: last ? high(last) : true,
      });
    }
    this.#writeData();
  }
  #drive(): void {
    const { aw, w, b, ar, r } = this.#bus;
    if (this.#tb.inReset) {
      for (const c of [aw, w, ar]) if (c) c.ready.value = 0;
      for (const c of [b, r]) if (c) c.valid.value = 0;
      return;
    }
    const limit = this.#options.outstanding ?? 16;
    if (ar) ar.ready.value = this.#reads.length < limit && !this.#paused("ar") ? 1 : 0;
    if (aw) aw.ready.value = this.#writes.length + this.#answers.length < limit && !this.#paused("aw") ? 1 : 0;
    // Data may come before its address, but not without end.
    if (w) w.ready.value = this.#data.length < 256 && !this.#paused("w") ? 1 : 0;
    if (b) this.#answer(b);
    if (r) this.#readData(r);
  }

  #take(c: Axi4ChannelSignals, kind: "read" | "write"): Pending {
    const access: Axi4Access = { ...burstOf(c, this.#bus.bytes), kind, cycle: this.#clk.cycle };
    this.accesses.push(access);
    const { base = 0, size = Number.MAX_SAFE_INTEGER } = this.#options;
    const inside = access.address >= base && access.address + access.beats * access.beatBytes <= base + size;
    const response = this.#options.respond?.(access) ?? (inside ? "OKAY" : "DECERR");
    return { ...access, due: this.#due(), response, beat: 0 };
  }
  #due(): number {
    const [least, most] = this.#latency();
    return this.#clk.cycle + (least === most ? least : this.#tb.rand.int(least, most));
  }

  // Data goes to the oldest write that lacks some.
  #writeData(): void {
    while (this.#data.length && this.#writes.length) {
      const to = this.#writes[0]!;
      const { bytes, strobe, last } = this.#data.shift()!;
      const at = beatAddress(to, to.beat);
      const [low, up] = activeLanes(at, to.beatBytes, this.#bus.bytes);
      for (let lane = low; lane <= up; lane++)
        if ((strobe >> BigInt(lane)) & 1n && (to.response === "OKAY" || to.response === "EXOKAY")) {
          this.#store(at - low + lane, bytes[lane]!);
          this.bytesWritten++;
        }
      to.beat++;
      const full = to.beat === to.beats;
      if (full !== last)
        this.#tb.fail(
          new RangeError(
            `${this.#prefix}: wlast ${last ? "came with" : "is missing at"} beat ${to.beat} of a burst of ${to.beats}, in cycle ${this.#clk.cycle}`,
          ),
        );
      if (full || last) {
        this.#writes.shift();
        to.due = this.#due();
        this.#answers.push(to);
      }
    }
  }

  // The first due request of an id; of all ids that have one, where order does not matter.
  #choose(list: readonly Pending[]): Pending | undefined {
    const now = this.#clk.cycle;
    if (!this.#options.reorder) return list[0] && list[0].due <= now ? list[0] : undefined;
    const heads = new Map<number, Pending>();
    for (const p of list) if (!heads.has(p.id)) heads.set(p.id, p);
    const due = [...heads.values()].filter((p) => p.due <= now);
    return due.length ? due[this.#tb.rand.int(0, due.length - 1)] : undefined;
  }

  #answer(b: Axi4ChannelSignals): void {
    if (high(b.valid) && !high(b.ready)) return;
    const p = this.#paused("b") ? undefined : this.#choose(this.#answers);
    b.valid.value = p ? 1 : 0;
    const { id, resp, user } = b.fields;
    if (id) id.big = p ? BigInt(p.id) : this.#noise.bits(id.width);
    if (resp) resp.value = p ? AXI4_RESPONSES.indexOf(p.response) : this.#noise.u32() & 3;
    if (user) user.big = this.#noise.bits(user.width);
    if (p) this.#answers.splice(this.#answers.indexOf(p), 1);
  }

  #readData(r: Axi4ChannelSignals): void {
    if (high(r.valid) && !high(r.ready)) return;
    const current = this.#streaming;
    const change = !current || (this.#options.interleave && this.#options.reorder);
    const next = this.#paused("r") ? undefined : change ? this.#choose(this.#reads) : current;
    const p = next && this.#options.holdBeat?.(next, next.beat) ? undefined : next;
    r.valid.value = p ? 1 : 0;
    const { id, data, resp, last, user } = r.fields;
    const bytes = Uint8Array.from({ length: this.#bus.bytes }, () => this.#noise.u32() & 255);
    if (user) user.big = this.#noise.bits(user.width);
    if (p) {
      const at = beatAddress(p, p.beat);
      const [low, up] = activeLanes(at, p.beatBytes, this.#bus.bytes);
      const right = p.response === "OKAY" || p.response === "EXOKAY";
      const response = (right ? this.#options.respondBeat?.(p, p.beat) : undefined) ?? p.response;
      const whole = response === "OKAY" || response === "EXOKAY";
      if (whole || (right && this.#options.errorData)) {
        for (let lane = low; lane <= up; lane++) bytes[lane] = this.#byte(at - low + lane);
        this.bytesRead += up - low + 1;
      }
      p.beat++;
      const ends = p.beat === p.beats;
      this.#streaming = ends ? undefined : p;
      if (ends) this.#reads.splice(this.#reads.indexOf(p), 1);
      if (id) id.big = BigInt(p.id);
      if (resp) resp.value = AXI4_RESPONSES.indexOf(response);
      if (last) last.value = ends ? 1 : 0;
    } else {
      if (id) id.big = this.#noise.bits(id.width);
      if (resp) resp.value = this.#noise.u32() & 3;
      if (last) last.value = this.#noise.u32() & 1;
    }
    data!.setWords(beatWords(bytes));
  }
}
