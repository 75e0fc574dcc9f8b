import { AxisAgent, type AxisOptions, bigToWords, type FieldPlace, wordsToBig } from "./axis_port.ts";
import type { Bench } from "./bench.ts";
import { A, FIELD, FIELD_NAMES, H, KIND, WAKE } from "./layout.ts";
import type { Waiter } from "./scheduler.ts";

export type { AxisOptions } from "./axis_port.ts";

/** One beat's data: a number, or its 32-bit words, lowest first. */
export type Beat = bigint | number | Uint32Array;

/** A frame to send. Sideband values are one for each beat, or one for all. */
export interface FrameInit {
  tdata: readonly Beat[];
  tkeep?: readonly (bigint | number)[] | bigint | number;
  tuser?: readonly (bigint | number)[] | bigint | number;
  tid?: readonly (bigint | number)[] | bigint | number;
  tdest?: readonly (bigint | number)[] | bigint | number;
}

/** A frame as it was received, beat by beat. */
export class AxisFrame {
  readonly length: number;
  readonly #words: Uint32Array;
  readonly #at: number;
  readonly #entry: number;
  readonly #fields: readonly FieldPlace[];

  /** `length` entries of `entry` words each, from word `at` on. */
  constructor(words: Uint32Array, at: number, length: number, entry: number, fields: readonly FieldPlace[]) {
    this.#words = words;
    this.#at = at;
    this.#entry = entry;
    this.#fields = fields;
    this.length = length;
  }
  /** Word `k` of the data of beat `i`. */
  word(i: number, k = 0): number {
    return this.#words[this.#at + i * this.#entry + 1 + k]!;
  }
  /** Cycle in which beat `i` was transferred. */
  cycle(i: number): number {
    return this.#words[this.#at + i * this.#entry]!;
  }
  /** Data of beat `i`. */
  big(i: number): bigint {
    return this.#field(i, FIELD.DATA);
  }
  /** Data of all beats. */
  get tdata(): bigint[] {
    return this.#all(FIELD.DATA);
  }
  get tkeep(): bigint[] {
    return this.#all(FIELD.KEEP);
  }
  get tuser(): bigint[] {
    return this.#all(FIELD.USER);
  }
  get tid(): bigint[] {
    return this.#all(FIELD.ID);
  }
  get tdest(): bigint[] {
    return this.#all(FIELD.DEST);
  }
  /** Data of all beats as numbers. Throws a RangeError past 53 bits. */
  get numbers(): number[] {
    return this.tdata.map((v) => {
      const n = Number(v);
      if (!Number.isSafeInteger(n)) throw new RangeError(`beat of ${v} does not fit into a number: use tdata`);
      return n;
    });
  }
  /** The bytes that tkeep selects, lane 0 first. */
  get bytes(): Uint8Array {
    const lanes = this.#fields[FIELD.DATA]!.width >>> 3;
    const out: number[] = [];
    for (let i = 0; i < this.length; i++) {
      const keep = this.#fields[FIELD.KEEP]!.words ? this.#field(i, FIELD.KEEP) : -1n;
      for (let b = 0; b < lanes; b++)
        if ((keep >> BigInt(b)) & 1n) out.push((this.word(i, b >>> 2) >>> (8 * (b & 3))) & 0xff);
    }
    return Uint8Array.from(out);
  }
  #field(i: number, f: number): bigint {
    const { at, words } = this.#fields[f]!;
    return wordsToBig(this.#words, this.#at + i * this.#entry + 1 + at, words);
  }
  #all(f: number): bigint[] {
    return this.#fields[f]!.words ? Array.from({ length: this.length }, (_, i) => this.#field(i, f)) : [];
  }
}

/** First in, first out, in constant time. */
class Queue<T> {
  #list: T[] = [];
  #head = 0;
  get length(): number {
    return this.#list.length - this.#head;
  }
  first(): T | undefined {
    return this.#list[this.#head];
  }
  push(item: T): void {
    this.#list.push(item);
  }
  shift(): T | undefined {
    const item = this.#list[this.#head++];
    if (this.#head >= this.#list.length) this.clear();
    else if (this.#head > 1024 && this.#head * 2 > this.#list.length) {
      this.#list = this.#list.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
  clear(): void {
    this.#list = [];
    this.#head = 0;
  }
  items(): T[] {
    return this.#list.slice(this.#head);
  }
}

/** Drives a stream into the design. */
export class AxisSource extends AxisAgent {
  // Beats that have no place in the native queue yet.
  readonly #backlog = new Queue<{ words: Uint32Array; at: number }>();
  readonly #waiters = new Queue<{ at: number; waiter: Waiter[] }>();
  #sent = 0;

  constructor(tb: Bench, prefix: string, options: AxisOptions = {}) {
    super(tb, prefix, KIND.SOURCE, "source", options);
  }

  /** Queues a frame, last on its last beat; resolves when its last beat has been transferred. */
  send(frame: readonly Beat[] | FrameInit | Uint8Array): Promise<void> {
    this.sendNowait(frame);
    return this.wait();
  }
  /** Queues a frame. */
  sendNowait(frame: readonly Beat[] | FrameInit | Uint8Array): void {
    this.#queue(
      frame instanceof Uint8Array ? this.#packBytes(frame) : this.#pack("tdata" in frame ? frame : { tdata: frame }),
    );
  }
  /**
   * Queues many beats: `words` holds `wordsPerBeat` words for each, lowest first, and `lastFlags` says which beats
   * are the last of their frames (all but the final one are not, by default). Bits above the width are dropped.
   */
  sendBeats(words: Uint32Array, wordsPerBeat: number, lastFlags?: ArrayLike<number | boolean>): Promise<void> {
    const data = this.fields[FIELD.DATA]!;
    if (wordsPerBeat !== data.words)
      throw new RangeError(`${this.prefix}: a beat has ${data.words} words of data, not ${wordsPerBeat}`);
    if (words.length % wordsPerBeat)
      throw new RangeError(`${this.prefix}: ${words.length} words are not a whole number of beats`);
    const n = words.length / wordsPerBeat;
    const out = new Uint32Array(n * this.beatWords);
    const last = this.fields[FIELD.LAST]!;
    const keep = this.fields[FIELD.KEEP]!;
    const top = data.width % 32 ? 2 ** (data.width % 32) - 1 : 0xffffffff;
    for (let i = 0; i < n; i++) {
      const o = i * this.beatWords;
      for (let k = 0; k < wordsPerBeat; k++) out[o + k] = words[i * wordsPerBeat + k]!;
      out[o + wordsPerBeat - 1]! &= top;
      out[o + last.at] = (lastFlags ? lastFlags[i] : i === n - 1) ? 1 : 0;
      if (keep.words) bigToWords(-1n, keep.width, out, o + keep.at, `${this.prefix}_tkeep`);
    }
    this.#queue(out);
    return this.wait();
  }
  /** Resolves when everything queued so far has been transferred. */
  wait(): Promise<void> {
    if (this.idle()) return Promise.resolve();
    const target = this.#sent;
    const list: Waiter[] = [];
    this.#waiters.push({ at: target, waiter: list });
    const { scheduler } = this.host;
    this.#arm();
    return scheduler.wait<void>(() => `${this.prefix} to send (${this.count()} beats are left)`, list);
  }
  /** Beats that have not been transferred yet. */
  count(): number {
    return (this.#sent - this.get(A.BEATS)) >>> 0;
  }
  empty(): boolean {
    return this.count() === 0;
  }
  /** Nothing queued and nothing offered. */
  idle(): boolean {
    return this.count() === 0;
  }
  /** Drops what is queued; a beat that is being offered is still transferred. */
  clear(): void {
    this.#backlog.clear();
    const keep = this.get(A.ACTIVE);
    this.set(A.HEAD, (this.get(A.TAIL) + keep) >>> 0);
    this.#sent = (this.get(A.BEATS) + keep) >>> 0;
    for (const w of this.#waiters.items()) w.at = Math.min(w.at, this.#sent);
    this.#release();
  }

  override service(_fired: number): void {
    this.#refill();
    this.#release();
  }

  #release(): void {
    const done = this.get(A.BEATS);
    while (this.#waiters.length && ((done - this.#waiters.first()!.at) | 0) >= 0) {
      this.host.scheduler.wakeAll(this.#waiters.shift()!.waiter);
    }
    this.#arm();
  }
  // Wakes for whoever waits first, and in time to refill.
  #arm(): void {
    const first = this.#waiters.first()?.at;
    const refill = this.#backlog.length ? (this.get(A.HEAD) - (this.capacity >>> 2)) >>> 0 : undefined;
    const next = first === undefined ? refill : refill === undefined || ((first - refill) | 0) < 0 ? first : refill;
    if (next === undefined) this.disarm(WAKE.BEATS);
    else {
      this.set(A.WAKE_BEATS, next);
      this.arm(WAKE.BEATS);
    }
  }
  #queue(words: Uint32Array): void {
    if (words.length === 0) return;
    this.#sent = (this.#sent + words.length / this.beatWords) >>> 0;
    this.#backlog.push({ words, at: 0 });
    this.#refill();
    this.#arm();
  }
  #refill(): void {
    const m = this.memory;
    let head = this.get(A.HEAD);
    let room = this.capacity - ((head - this.get(A.TAIL)) >>> 0);
    while (room > 0 && this.#backlog.length) {
      const chunk = this.#backlog.first()!;
      const slot = head & (this.capacity - 1);
      const beats = Math.min(room, this.capacity - slot, (chunk.words.length - chunk.at) / this.beatWords);
      m.set(chunk.words.subarray(chunk.at, chunk.at + beats * this.beatWords), this.ring + slot * this.entry);
      chunk.at += beats * this.beatWords;
      head = (head + beats) >>> 0;
      room -= beats;
      if (chunk.at === chunk.words.length) this.#backlog.shift();
    }
    this.set(A.HEAD, head);
  }
  #pack(frame: FrameInit): Uint32Array {
    const n = frame.tdata.length;
    if (n === 0) throw new RangeError(`${this.prefix}: a frame has at least one beat`);
    const out = new Uint32Array(n * this.beatWords);
    const data = this.fields[FIELD.DATA]!;
    frame.tdata.forEach((beat, i) => {
      const o = i * this.beatWords;
      if (beat instanceof Uint32Array) {
        if (beat.length !== data.words)
          throw new RangeError(`${this.prefix}: a beat has ${data.words} words, not ${beat.length}`);
        out.set(beat, o + data.at);
        if (data.width % 32) out[o + data.words - 1]! &= 2 ** (data.width % 32) - 1;
      } else bigToWords(beat, data.width, out, o + data.at, `${this.prefix}_tdata`);
      out[o + this.fields[FIELD.LAST]!.at] = i === n - 1 ? 1 : 0;
    });
    const sideband = (f: number, value: FrameInit["tkeep"], otherwise: bigint): void => {
      const place = this.fields[f]!;
      if (!place.words) {
        if (value !== undefined) throw new TypeError(`${this.host.top} has no port ${this.prefix}_${FIELD_NAMES[f]}`);
        return;
      }
      for (let i = 0; i < n; i++) {
        const v = typeof value === "object" ? value[i] : value;
        bigToWords(v ?? otherwise, place.width, out, i * this.beatWords + place.at, `${this.prefix}_${FIELD_NAMES[f]}`);
      }
    };
    sideband(FIELD.KEEP, frame.tkeep, -1n);
    sideband(FIELD.USER, frame.tuser, 0n);
    sideband(FIELD.ID, frame.tid, 0n);
    sideband(FIELD.DEST, frame.tdest, 0n);
    return out;
  }
  #packBytes(bytes: Uint8Array): Uint32Array {
    const { width, words } = this.fields[FIELD.DATA]!;
    const lanes = width >>> 3;
    if (width % 8) throw new TypeError(`${this.prefix}_tdata has ${width} bits: it cannot carry bytes`);
    const rest = bytes.length % lanes;
    if (rest && !this.fields[FIELD.KEEP]!.words)
      throw new RangeError(`${bytes.length} bytes do not fill beats of ${lanes}, and there is no ${this.prefix}_tkeep`);
    const tdata: Uint32Array[] = [];
    for (let o = 0; o < bytes.length; o += lanes) {
      const beat = new Uint32Array(words);
      for (let b = 0; b < lanes && o + b < bytes.length; b++) beat[b >>> 2]! |= bytes[o + b]! << (8 * (b & 3));
      tdata.push(beat);
    }
    if (!this.fields[FIELD.KEEP]!.words) return this.#pack({ tdata });
    const all = (1n << BigInt(lanes)) - 1n;
    return this.#pack({
      tdata,
      tkeep: tdata.map((_, i) => (rest && i === tdata.length - 1 ? (1n << BigInt(rest)) - 1n : all)),
    });
  }
  override waiters(): Waiter[][] {
    return this.#waiters.items().map((w) => w.waiter);
  }
  override wants(): boolean {
    return this.#waiters.items().some((w) => w.waiter.length > 0);
  }
  protected override state(): string {
    return this.count() ? `, ${this.count()} beats left to send` : ", nothing to send";
  }
}

/** Entries copied out of a native queue: they grow as needed. */
class Recorder {
  words = new Uint32Array(0);
  count = 0;
  readonly entry: number;
  constructor(entry: number) {
    this.entry = entry;
  }
  reserve(beats: number): void {
    const need = (this.count + beats) * this.entry;
    if (need <= this.words.length) return;
    const grown = new Uint32Array(Math.max(need, this.words.length * 2, 64 * this.entry));
    grown.set(this.words.subarray(0, this.count * this.entry));
    this.words = grown;
  }
}

abstract class AxisReceiver extends AxisAgent {
  protected readonly recorder = new Recorder(this.entry);

  // Fails the run when a rule was broken.
  protected judge(fired: number): void {
    if (!(fired & WAKE.RULE)) return;
    const rule = this.get(A.RULE);
    const field = rule === 2 || rule === 5 ? `${this.prefix}_${FIELD_NAMES[this.get(A.RULE_FIELD)]}` : "";
    const detail =
      rule === 7 || rule === 8
        ? `: a frame has ${this.get(A.FRAME_BEATS)} beats`
        : rule === 9
          ? `: the limit is ${this.get(A.MAX_STALL)} cycles`
          : "";
    this.host.violation(new ProtocolError(this.prefix, rule, this.get(A.RULE_CYCLE), field, detail));
  }

  // Moves what the native side has recorded to this side.
  protected drain(): void {
    const m = this.memory;
    let tail = this.get(A.TAIL);
    let n = (this.get(A.HEAD) - tail) >>> 0;
    if (n === 0) return;
    const r = this.recorder;
    r.reserve(n);
    while (n > 0) {
      const slot = tail & (this.capacity - 1);
      const beats = Math.min(n, this.capacity - slot);
      const from = this.ring + slot * this.entry;
      r.words.set(m.subarray(from, from + beats * this.entry), r.count * this.entry);
      r.count += beats;
      tail = (tail + beats) >>> 0;
      n -= beats;
    }
    this.set(A.TAIL, tail);
  }
}

/** Takes a stream out of the design. */
export class AxisSink extends AxisReceiver {
  readonly #frames: AxisFrame[] = [];
  readonly #waiters: Waiter[] = [];
  readonly #bulk: Waiter[] = [];
  #head = 0;
  // Beats of the recorder that belong to no finished frame yet start here.
  #scanned = 0;

  constructor(tb: Bench, prefix: string, options: AxisOptions = {}) {
    super(tb, prefix, KIND.SINK, "sink", options);
    this.set(A.RECORD, 1);
    this.set(A.CHECKS, (1 << 3) | (1 << 5));
  }

  /** The next frame, as soon as its last beat has been transferred. */
  recv(): Promise<AxisFrame> {
    const frame = this.recvNowait();
    if (frame) return Promise.resolve(frame);
    const { scheduler } = this.host;
    const p = scheduler.wait<AxisFrame>(() => `a frame from ${this.prefix}`, this.#waiters);
    this.set(A.WAKE_FRAMES, (this.get(A.FRAMES) + 1) >>> 0);
    this.arm(WAKE.FRAMES);
    return p;
  }
  /** The next `n` frames, waking up once: the fastest way to take many. */
  async recvFrames(n: number): Promise<AxisFrame[]> {
    const { scheduler } = this.host;
    while (this.count() < n) {
      const waiting = scheduler.wait<void>(() => `${n} frames from ${this.prefix}`, this.#bulk);
      this.set(A.WAKE_FRAMES, (this.get(A.FRAMES) + n - this.count()) >>> 0);
      this.arm(WAKE.FRAMES);
      await waiting;
    }
    return Array.from({ length: n }, () => this.recvNowait()!);
  }
  /** The next frame if one is complete. */
  recvNowait(): AxisFrame | undefined {
    this.#collect();
    if (this.#head === this.#frames.length) return undefined;
    const f = this.#frames[this.#head++]!;
    if (this.#head === this.#frames.length) {
      this.#frames.length = 0;
      this.#head = 0;
    }
    return f;
  }
  /** Complete frames that nobody has taken yet. */
  count(): number {
    this.#collect();
    return this.#frames.length - this.#head;
  }
  empty(): boolean {
    return this.count() === 0;
  }
  /** No frame has begun without having ended. */
  idle(): boolean {
    return this.get(A.FRAME_POS) === 0;
  }
  /** Resolves when a frame is there to take, without taking it. */
  async wait(): Promise<void> {
    const f = await this.recv();
    this.#frames.splice(this.#head, 0, f);
  }
  /** Drops the frames that nobody has taken; during a reset also the beats of the frame that it cut off. */
  clear(): void {
    this.#collect();
    this.#frames.length = this.#head = 0;
    if (this.memory[H.IN_RESET]) this.recorder.count = this.#scanned = 0;
  }

  override service(fired: number): void {
    this.judge(fired);
    this.#collect();
    const { scheduler } = this.host;
    while (this.#waiters.length && this.#head < this.#frames.length) {
      scheduler.wake(this.#waiters.shift()!, this.#frames[this.#head++]!);
    }
    if (this.#head === this.#frames.length) this.#frames.length = this.#head = 0;
    if (this.#waiters.length) this.set(A.WAKE_FRAMES, (this.get(A.FRAMES) + 1) >>> 0);
    else if (!this.#bulk.length || fired & WAKE.FRAMES) this.disarm(WAKE.FRAMES);
    if (fired & WAKE.FRAMES) scheduler.wakeAll(this.#bulk);
  }

  #collect(): void {
    this.drain();
    const r = this.recorder;
    const last = 1 + this.fields[FIELD.LAST]!.at;
    let done = r.count;
    while (done > this.#scanned && !(r.words[(done - 1) * r.entry + last]! & 1)) done--;
    if (done > this.#scanned) {
      // One block for all frames that are complete: an array for each would cost more than simulating them.
      const block = r.words.slice(0, done * r.entry);
      let from = 0;
      for (let i = this.#scanned; i < done; i++)
        if (block[i * r.entry + last]! & 1) {
          this.#frames.push(new AxisFrame(block, from * r.entry, i + 1 - from, r.entry, this.fields));
          from = i + 1;
        }
      r.words.copyWithin(0, done * r.entry, r.count * r.entry);
      r.count -= done;
    }
    this.#scanned = r.count;
  }
  override waiters(): Waiter[][] {
    return [this.#waiters, this.#bulk];
  }
  override wants(): boolean {
    return this.#waiters.length > 0 || this.#bulk.length > 0;
  }
  protected override state(): string {
    const open = this.get(A.FRAME_POS);
    return open ? `, ${open} beats of a frame without tlast so far` : "";
  }
}

/** The beats that a monitor has seen, in order. */
export interface Beats {
  readonly count: number;
  /** Word `k` of the data of beat `i`, lowest first. */
  word(i: number, k?: number): number;
  /** Data of beat `i`. */
  big(i: number): bigint;
  last(i: number): boolean;
  /** Cycle in which beat `i` was transferred. */
  cycle(i: number): number;
  /** Words of a beat's data. */
  readonly words: number;
}

/** What a protocol check looks at besides the rules that always hold. */
export interface CheckOptions {
  /** Beats of every frame: tlast must be on exactly the last. */
  frameBeats?: number;
  /** Clocks that a beat may wait for tready. */
  maxStall?: number;
  /** Rules that are not checked, by number. */
  except?: readonly number[];
  clock?: string;
}

/** Number and meaning of each protocol rule. */
export const AXIS_RULES: Readonly<Record<number, string>> = {
  1: "tvalid fell before the beat was transferred",
  2: "the payload changed while tvalid waited for tready",
  3: "tvalid is unknown (x) after reset",
  4: "tready is unknown (x) after reset",
  5: "the payload is unknown (x) while tvalid is high",
  6: "tvalid is high in reset",
  7: "tlast came too early",
  8: "tlast is missing on the last beat of a frame",
  9: "the beat has waited too long for tready",
  10: "tkeep has a hole, or a beat that is not the last lacks bytes",
};

/** A stream broke a rule of the protocol. */
export class ProtocolError extends Error {
  readonly rule: number;
  readonly stream: string;
  /** Rising edges of the stream's clock at the violation. */
  readonly cycle: number;
  constructor(stream: string, rule: number, cycle: number, field: string, detail: string) {
    super(`${stream}: rule AXIS-${rule}: ${AXIS_RULES[rule]}${field ? ` (${field})` : ""}, in cycle ${cycle}${detail}`);
    this.name = "ProtocolError";
    this.rule = rule;
    this.stream = stream;
    this.cycle = cycle;
  }
}

/** Watches a stream: records its beats, checks its rules, drives nothing. */
export class AxisMonitor extends AxisReceiver {
  readonly beats: Beats;
  readonly #frameWaiters: Waiter[] = [];
  // Beats that `clear` has made forgotten.
  #cleared = 0;

  constructor(
    tb: Bench,
    prefix: string,
    options: AxisOptions & { check?: CheckOptions | false; record?: boolean } = {},
  ) {
    const record = options.record ?? true;
    super(tb, prefix, KIND.MONITOR, record ? "monitor" : "protocol check", options, record);
    if (record) this.set(A.RECORD, 1);
    const check = options.check;
    if (check !== false) this.#check(check ?? {});
    const monitor = this;
    const r = this.recorder;
    const data = this.fields[FIELD.DATA]!;
    const last = 1 + this.fields[FIELD.LAST]!.at;
    const at = (i: number): number => {
      if (i >= r.count) monitor.drain();
      if (!(i >= 0 && i < r.count)) throw new RangeError(`${prefix}: no beat ${i}; there are ${r.count}`);
      return i * r.entry;
    };
    this.beats = {
      get count() {
        monitor.drain();
        return r.count;
      },
      words: data.words,
      word: (i, k = 0) => {
        // `at` may replace r.words: the place comes first.
        const place = at(i);
        return r.words[place + 1 + k]!;
      },
      big: (i) => {
        const place = at(i);
        return wordsToBig(r.words, place + 1, data.words);
      },
      last: (i) => {
        const place = at(i);
        return (r.words[place + last]! & 1) === 1;
      },
      cycle: (i) => {
        const place = at(i);
        return r.words[place]!;
      },
    };
  }

  /** Resolves when `n` beats have been seen since the start, or since `clear`. */
  waitBeats(n: number): Promise<void> {
    const until = (this.#cleared + n) >>> 0;
    if (((this.get(A.BEATS) - until) | 0) >= 0) return Promise.resolve();
    const { scheduler } = this.host;
    this.set(A.WAKE_BEATS, until);
    this.arm(WAKE.BEATS);
    return scheduler.wait(() => `beat ${n} of ${this.prefix}`, this.#frameWaiters);
  }
  /** All beats seen so far as data values. */
  get data(): bigint[] {
    return Array.from({ length: this.beats.count }, (_, i) => this.beats.big(i));
  }
  /** Forgets the beats so far. */
  clear(): void {
    this.drain();
    this.recorder.count = 0;
    this.#cleared = this.get(A.BEATS);
  }

  #check(check: CheckOptions): void {
    let rules = 0b111_1111_1110;
    for (const rule of check.except ?? []) rules &= ~(1 << rule);
    this.set(A.CHECKS, rules);
    this.set(A.SHADOW, this.host.allocate(this.beatWords));
    this.set(A.MAX_STALL, check.maxStall ?? 0);
    this.set(A.FRAME_BEATS, check.frameBeats ?? 0);
  }

  override waiters(): Waiter[][] {
    return [this.#frameWaiters];
  }
  override wants(): boolean {
    return this.#frameWaiters.length > 0;
  }

  override service(fired: number): void {
    if (this.get(A.RECORD)) this.drain();
    this.judge(fired);
    if (fired & WAKE.BEATS) {
      this.disarm(WAKE.BEATS);
      this.host.scheduler.wakeAll(this.#frameWaiters);
    }
  }
}
