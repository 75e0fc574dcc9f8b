import {
  AXI4_BURSTS,
  AXI4_RESPONSES,
  type Axi4Burst,
  type Axi4BurstType,
  type Axi4Bus,
  type Axi4ChannelSignals,
  Axi4Error,
  type Axi4Pauses,
  type Axi4Response,
  activeLanes,
  axi4Bus,
  beatAddress,
  beatWords,
  high,
  pausing,
  wordsToBytes,
} from "./axi4.ts";
import type { Bench, Clock, Future } from "./bench.ts";

export interface Axi4MasterOptions {
  /** Name of the bus's clock; the first clock by default. */
  clock?: string;
  /** Clocks in which a channel does nothing. */
  pause?: Axi4Pauses;
}

/** How a burst is made; what is left out is a full-width INCR burst of id 0. */
export interface Axi4BurstOptions {
  id?: number;
  burst?: Axi4BurstType;
  /** Bytes of a beat: a power of two up to the bus's width. */
  beatBytes?: number;
}

interface Transaction extends Axi4Burst {
  done: Future<Axi4Response>;
  /** A read's data, or a write's, beat by beat, with the bytes of the active lanes. */
  data: Uint8Array[];
  strobes: readonly (readonly boolean[])[] | undefined;
  response: Axi4Response;
}

const BOUNDARY = 4096;

/** An AXI4 master for a design with the slave ports `<prefix>_araddr`, `<prefix>_awaddr` and so on. */
export class Axi4Master {
  readonly #tb: Bench;
  readonly #clk: Clock;
  readonly #prefix: string;
  readonly #bus: Axi4Bus;
  readonly #paused: ReturnType<typeof pausing>;
  readonly #addresses = { ar: [] as Transaction[], aw: [] as Transaction[] };
  readonly #beats: { bytes: Uint8Array; strobe: bigint; last: boolean }[] = [];
  readonly #reading: Transaction[] = [];
  readonly #writing: Transaction[] = [];
  #wasInReset = false;

  constructor(tb: Bench, prefix: string, options: Axi4MasterOptions = {}) {
    this.#tb = tb;
    this.#clk = tb.clockNamed(options.clock);
    this.#prefix = prefix;
    this.#bus = axi4Bus(tb, "AXI4 master", prefix, "master");
    this.#paused = pausing(tb, options.pause);
    const { r, b } = this.#bus;
    for (const c of [r, b]) if (c) c.ready.value = 0;
    this.#clk.onEdge(
      () => this.#observe(),
      () => this.#drive(),
    );
  }

  /** `n` bytes from any address on, in as many bursts as that takes. Throws an Axi4Error unless all answers are OKAY. */
  async read(address: number, n: number, options: Axi4BurstOptions = {}): Promise<Uint8Array> {
    const out = new Uint8Array(n);
    const parts = this.#split(address, n, options).map(async (b) => {
      const beats = await this.readBurst(b.address, b.beats, b);
      let to = b.address - address;
      for (const beat of beats) for (const byte of beat) if (to < n) out[to++] = byte;
    });
    await Promise.all(parts);
    return out;
  }
  /** Stores bytes from any address on. Throws an Axi4Error unless all answers are OKAY. */
  async write(address: number, bytes: ArrayLike<number>, options: Axi4BurstOptions = {}): Promise<void> {
    let from = 0;
    const parts = this.#split(address, bytes.length, options).map((b) => {
      const data: Uint8Array[] = [];
      const strobes: boolean[][] = [];
      for (let i = 0; i < b.beats; i++) {
        const [low, up] = activeLanes(beatAddress(b, i), b.beatBytes, this.#bus.bytes);
        const inside = Array.from({ length: up - low + 1 }, () => from++).map((k) => k < bytes.length);
        const start = from - inside.length;
        data.push(Uint8Array.from(inside, (yes, k) => (yes ? bytes[start + k]! : 0)));
        strobes.push(inside);
      }
      from = Math.min(from, bytes.length);
      return this.writeBurst(b.address, data, { ...b, strobes });
    });
    await Promise.all(parts);
  }

  /** One burst: for each beat the bytes of its active lanes, lowest first. Throws an Axi4Error unless OKAY. */
  async readBurst(address: number, beats: number, options: Axi4BurstOptions = {}): Promise<Uint8Array[]> {
    if (!this.#bus.ar) throw new TypeError(`AXI4 master ${this.#prefix}: the design cannot be read there`);
    const t = this.#transaction("read", address, beats, options);
    this.#addresses.ar.push(t);
    this.#reading.push(t);
    await this.#finished("read", t);
    return t.data;
  }
  /**
   * One burst with for each beat the bytes of its active lanes, lowest first; `strobes` leaves some of them out. Throws an
   * Axi4Error unless OKAY.
   */
  async writeBurst(
    address: number,
    data: readonly ArrayLike<number>[],
    options: Axi4BurstOptions & { strobes?: readonly (readonly boolean[])[] } = {},
  ): Promise<void> {
    if (!this.#bus.aw) throw new TypeError(`AXI4 master ${this.#prefix}: the design cannot be written there`);
    const t = this.#transaction("write", address, data.length, options);
    t.strobes = options.strobes;
    data.forEach((beat, i) => {
      const [low, up] = activeLanes(beatAddress(t, i), t.beatBytes, this.#bus.bytes);
      if (beat.length !== up - low + 1)
        throw new RangeError(`${this.#prefix}: beat ${i} has ${up - low + 1} active lanes, not ${beat.length}`);
      const bytes = Uint8Array.from({ length: this.#bus.bytes }, () => this.#tb.rand.u32() & 255);
      let strobe = 0n;
      for (let lane = low; lane <= up; lane++) {
        bytes[lane] = beat[lane - low]!;
        if (t.strobes?.[i]?.[lane - low] ?? true) strobe |= 1n << BigInt(lane);
      }
      this.#beats.push({ bytes, strobe, last: i === data.length - 1 });
    });
    this.#addresses.aw.push(t);
    this.#writing.push(t);
    await this.#finished("write", t);
  }
  /** Everything is answered. */
  idle(): boolean {
    return !this.#reading.length && !this.#writing.length;
  }

  async #finished(what: string, t: Transaction): Promise<void> {
    const response = await t.done.wait();
    if (response !== "OKAY") throw new Axi4Error(`${this.#prefix}: ${what} of 0x${t.address.toString(16)}`, response);
  }
  #transaction(what: string, address: number, beats: number, options: Axi4BurstOptions): Transaction {
    const { id = 0, burst = "INCR", beatBytes = this.#bus.bytes } = options;
    const fault = (why: string): RangeError =>
      new RangeError(`AXI4 master ${this.#prefix}: ${what} of ${beats} beats at 0x${address.toString(16)}: ${why}`);
    if (!Number.isSafeInteger(address) || address < 0) throw fault("no such address");
    if (!(beatBytes >= 1 && beatBytes <= this.#bus.bytes) || beatBytes & (beatBytes - 1))
      throw fault(`a beat cannot have ${beatBytes} bytes`);
    if (!(beats >= 1 && beats <= (burst === "INCR" ? 256 : 16))) throw fault(`${burst} bursts are shorter`);
    if (burst === "WRAP" && (![2, 4, 8, 16].includes(beats) || address % beatBytes))
      throw fault("a WRAP burst has 2, 4, 8 or 16 aligned beats");
    const end = address - (address % beatBytes) + (burst === "FIXED" ? 1 : beats) * beatBytes;
    if (burst === "INCR" && Math.floor(address / BOUNDARY) !== Math.floor((end - 1) / BOUNDARY))
      throw fault("it crosses 4 KiB");
    const done = this.#tb.future<Axi4Response>(
      `the answer to a ${what} of 0x${address.toString(16)} on ${this.#prefix}`,
    );
    return {
      id,
      burst,
      beatBytes,
      address,
      beats,
      exclusive: false,
      done,
      data: [],
      strobes: undefined,
      response: "OKAY",
    };
  }
  // INCR bursts that do not cross 4 KiB.
  #split(address: number, n: number, options: Axi4BurstOptions): Axi4Burst[] {
    const { id = 0, beatBytes = this.#bus.bytes } = options;
    if ((options.burst ?? "INCR") !== "INCR")
      throw new RangeError("read and write are made of INCR bursts; see readBurst");
    const bursts: Axi4Burst[] = [];
    const most = this.#bus.ar?.fields.len || this.#bus.aw?.fields.len ? 256 : 1;
    for (let at = address; at < address + n; ) {
      const start = at - (at % beatBytes);
      const end = Math.min(address + n, (Math.floor(at / BOUNDARY) + 1) * BOUNDARY, start + most * beatBytes);
      const beats = Math.ceil((end - start) / beatBytes);
      bursts.push({ id, address: at, beats, beatBytes, burst: "INCR", exclusive: false });
      at = start + beats * beatBytes;
    }
    return bursts;
  }

  #observe(): void {
    const { b, r } = this.#bus;
    if (this.#tb.inReset) {
      // What was under way is lost; what is asked for in the reset waits for its end.
      if (!this.#wasInReset) this.#abandon();
      this.#wasInReset = true;
      return;
    }
    this.#wasInReset = false;
    if (r && high(r.valid) && high(r.ready)) this.#readBeat(r);
    if (b && high(b.valid) && high(b.ready)) this.#answered(b);
  }
  #abandon(): void {
    const lost = [...this.#reading, ...this.#writing];
    for (const list of [this.#reading, this.#writing, this.#beats, this.#addresses.ar, this.#addresses.aw])
      list.length = 0;
    for (const t of lost)
      t.done.reject(new Error(`${this.#prefix}: a reset came before the answer for 0x${t.address.toString(16)}`));
  }
  #drive(): void {
    const { aw, w, b, ar, r } = this.#bus;
    if (this.#tb.inReset) {
      for (const c of [aw, w, ar]) if (c) c.valid.value = 0;
      for (const c of [b, r]) if (c) c.ready.value = 0;
      return;
    }
    for (const c of [r, b]) if (c) c.ready.value = this.#paused(c.name) ? 0 : 1;
    for (const c of [ar, aw]) if (c) this.#address(c, this.#addresses[c.name as "ar" | "aw"]);
    if (w && !(high(w.valid) && !high(w.ready))) {
      const beat = this.#paused("w") ? undefined : this.#beats.shift();
      w.valid.value = beat ? 1 : 0;
      const bytes = beat?.bytes ?? Uint8Array.from({ length: this.#bus.bytes }, () => this.#tb.rand.u32() & 255);
      w.fields.data!.setWords(beatWords(bytes));
      if (w.fields.strb) w.fields.strb.big = beat?.strobe ?? 0n;
      if (w.fields.last) w.fields.last.value = beat?.last ? 1 : 0;
    }
  }
  #address(c: Axi4ChannelSignals, queue: Transaction[]): void {
    if (high(c.valid) && !high(c.ready)) return;
    const t = this.#paused(c.name) ? undefined : queue.shift();
    c.valid.value = t ? 1 : 0;
    if (!t) return;
    const { addr, id, len, size, burst, cache, prot, lock, qos, region, user } = c.fields;
    addr!.big = BigInt(t.address);
    if (id) id.big = BigInt(t.id);
    else if (t.id) throw new RangeError(`${this.#prefix}: the design has no ids`);
    if (len) len.value = t.beats - 1;
    else if (t.beats > 1) throw new RangeError(`${this.#prefix}: the design has no bursts`);
    if (size) size.value = Math.log2(t.beatBytes);
    if (burst) burst.value = AXI4_BURSTS.indexOf(t.burst);
    // Modifiable, bufferable, normal memory.
    if (cache) cache.value = 3;
    for (const s of [prot, lock, qos, region, user]) if (s) s.big = 0n;
  }
  #unexpected(what: string, id: number): void {
    this.#tb.fail(
      new RangeError(`${this.#prefix}: ${what} for id ${id}, which has no request, in cycle ${this.#clk.cycle}`),
    );
  }
  #readBeat(r: Axi4ChannelSignals): void {
    const { id: idPort, data, resp, last } = r.fields;
    const id = idPort ? Number(idPort.big) : 0;
    const t = this.#reading.find((x) => x.id === id && !this.#addresses.ar.includes(x));
    if (!t) {
      this.#unexpected("read data came", id);
      return;
    }
    const [low, up] = activeLanes(beatAddress(t, t.data.length), t.beatBytes, this.#bus.bytes);
    const response = AXI4_RESPONSES[resp?.value ?? 0]!;
    // The worst answer of all beats counts.
    if (AXI4_RESPONSES.indexOf(response) > AXI4_RESPONSES.indexOf(t.response)) t.response = response;
    t.data.push(wordsToBytes(data!.words(), this.#bus.bytes).slice(low, up + 1));
    const ends = t.data.length === t.beats;
    if (last && high(last) !== ends)
      this.#tb.fail(
        new RangeError(
          `${this.#prefix}: rlast ${ends ? "is missing at" : "came with"} beat ${t.data.length} of a burst of ${t.beats}, in cycle ${this.#clk.cycle}`,
        ),
      );
    if (!ends) return;
    this.#reading.splice(this.#reading.indexOf(t), 1);
    t.done.resolve(t.response);
  }
  #answered(b: Axi4ChannelSignals): void {
    const id = b.fields.id ? Number(b.fields.id.big) : 0;
    const t = this.#writing.find((x) => x.id === id && !this.#addresses.aw.includes(x));
    if (!t) {
      this.#unexpected("an answer came", id);
      return;
    }
    this.#writing.splice(this.#writing.indexOf(t), 1);
    t.done.resolve(AXI4_RESPONSES[b.fields.resp?.value ?? 0]!);
  }
}
