import type { AgentHost, Bench } from "./bench.ts";
import { A, AGENT_WORDS, FIELD, FIELD_NAMES, H, KIND, MAX_AGENTS, wordsOf } from "./layout.ts";
import { hash32, type Pause } from "./rand.ts";
import type { AgentHandle, Waiter } from "./scheduler.ts";

export interface AxisOptions {
  /** When to pause: for a source, valid stays low; for a sink, ready is low. Never by default. */
  pause?: Pause;
  /** Name of the stream's clock; the first clock by default. */
  clock?: string;
  /** Beats that the native queue holds, rounded up to a power of two. */
  capacity?: number;
}

/** Where in a beat's words a field is. */
export interface FieldPlace {
  at: number;
  words: number;
  width: number;
  port: string | undefined;
}

type Fields = readonly FieldPlace[];

/** The native record of one stream agent. */
export abstract class AxisAgent implements AgentHandle {
  readonly prefix: string;
  readonly at: number;
  /** tdata, tlast, tkeep, tuser, tid, tdest; a missing field has no words. */
  readonly fields: Fields;
  /** Words of a beat without its cycle number. */
  readonly beatWords: number;
  protected readonly host: AgentHost;
  protected readonly memory: Uint32Array;
  protected readonly ring: number;
  protected readonly capacity: number;
  /** Words of a queue entry. */
  protected readonly entry: number;
  readonly clock: number;
  #generator: Iterator<boolean | number> | undefined;
  #hook: (() => void) | undefined;
  #hold = false;
  protected readonly role: string;

  constructor(tb: Bench, prefix: string, kind: number, role: string, options: AxisOptions, queue = true) {
    const { host } = tb;
    this.host = host;
    this.prefix = prefix;
    this.role = role;
    const { scheduler } = host;
    this.memory = scheduler.memory;
    const m = this.memory;
    const index = options.clock === undefined ? 0 : scheduler.clocks.findIndex((c) => c.name === options.clock);
    if (index < 0) throw new TypeError(`${role} ${prefix}: no clock ${options.clock}`);
    this.clock = index;
    const find = (suffix: string): number => host.ports.findIndex((p) => p.name === `${prefix}_${suffix}`);
    const must = (suffix: string): number => {
      const i = find(suffix);
      if (i < 0)
        throw new TypeError(
          `${role} ${prefix}: ${host.top} has no port ${prefix}_${suffix}; its ports are ${host.ports.map((p) => p.name).join(", ")}`,
        );
      return i;
    };
    const valid = must("tvalid");
    const ready = find("tready");
    const payload = FIELD_NAMES.map((f, k) => (k === FIELD.DATA ? must(f) : find(f)));
    const claim = (i: number): void => {
      const p = host.ports[i];
      if (!p) return;
      if (p.direction !== "input")
        throw new TypeError(
          `${role} ${prefix}: ${p.name} is an output of ${host.top}, so ${role === "source" ? "a sink or monitor" : "a source or monitor"} belongs there`,
        );
      const owner = host.driven.get(p.name);
      if (owner) throw new TypeError(`${role} ${prefix}: ${p.name} is already driven by ${owner}`);
      host.driven.set(p.name, `${role} ${prefix}`);
    };
    if (kind === KIND.SOURCE) for (const i of [valid, ...payload]) claim(i);
    if (kind === KIND.SINK) claim(ready);

    let words = 0;
    this.fields = payload.map((i, k) => {
      const port = host.ports[i];
      const w = port ? wordsOf(port.width) : k === FIELD.LAST ? 1 : 0;
      const place = { at: words, words: w, width: port?.width ?? (k === FIELD.LAST ? 1 : 0), port: port?.name };
      words += w;
      return place;
    });
    this.beatWords = words;
    this.entry = kind === KIND.SOURCE ? words : words + 1;
    this.capacity = queue ? powerOfTwo(options.capacity ?? Math.max(64, Math.floor(65536 / this.entry))) : 1;
    this.ring = queue ? host.allocate(this.capacity * this.entry) : 0;

    const number = m[H.AGENTS]!;
    if (number >= MAX_AGENTS) throw new RangeError(`a run can have at most ${MAX_AGENTS} stream agents`);
    this.at = m[H.AGENT_BASE]! + number * AGENT_WORDS;
    const seed = hash32(`${host.rand.seed}/${role}/${prefix}/${number}`);
    const set = (k: number, v: number): void => {
      m[this.at + k] = v;
    };
    set(A.CLOCK, index);
    set(A.VALID, host.offsets[valid]!);
    set(A.READY, ready < 0 ? 0 : host.offsets[ready]!);
    set(A.ENTRY, this.entry);
    set(A.RING, this.ring);
    set(A.CAPACITY, this.capacity);
    set(A.RANDOM, seed || 1);
    set(A.NOISE, hash32(`${seed}/noise`) || 1);
    set(A.DATA_BITS, this.fields[FIELD.DATA]!.width);
    payload.forEach((i, k) => {
      set(A.FIELD + 2 * k, i < 0 ? 0 : host.offsets[i]!);
      set(A.FIELD + 2 * k + 1, this.fields[k]!.words);
    });
    set(A.KIND, kind);
    m[H.AGENTS] = number + 1;
    scheduler.agents.push(this);
    if (options.pause !== undefined) this.setPauseGenerator(options.pause);
  }

  protected get(k: number): number {
    return this.memory[this.at + k]!;
  }
  protected set(k: number, v: number): void {
    this.memory[this.at + k] = v;
  }

  /** Beats transferred so far. */
  get transfers(): number {
    return this.get(A.BEATS);
  }
  /** Clocks with valid high and ready low so far. */
  get stalls(): number {
    return this.get(A.STALLS);
  }
  /** Cycle of the latest transfer, 0 before the first. */
  get lastCycle(): number {
    return this.get(A.LAST_CYCLE);
  }

  /** True holds the stream until it is set to false again. */
  get pause(): boolean {
    return this.#hold;
  }
  set pause(on: boolean) {
    this.#hold = on;
    if (!this.#generator) this.set(A.HOLD, on ? 1 : 0);
  }

  /** Pauses by a probability or a sequence with one value a clock; a sequence that ends stops pausing. */
  setPauseGenerator(pause: Pause): void {
    this.clearPauseGenerator();
    if (typeof pause === "number" || "kind" in pause) {
      const probability = typeof pause === "number" ? pause : pause.probability;
      if (!(probability >= 0 && probability < 1))
        throw new RangeError(`a pause probability is at least 0 and below 1, not ${probability}`);
      this.set(A.PAUSE, Math.round(probability * 2 ** 32));
      if (typeof pause !== "number") this.set(A.RANDOM, pause.seed || 1);
      return;
    }
    const generator = pause[Symbol.iterator]();
    this.#generator = generator;
    const hook = (): void => {
      const next = generator.next();
      if (next.done) this.clearPauseGenerator();
      else this.set(A.HOLD, next.value || this.#hold ? 1 : 0);
    };
    this.#hook = hook;
    this.host.scheduler.clocks[this.clock]!.hooks.push(hook);
  }
  clearPauseGenerator(): void {
    this.#generator = undefined;
    const { hooks } = this.host.scheduler.clocks[this.clock]!;
    if (this.#hook) hooks.splice(hooks.indexOf(this.#hook), 1);
    this.#hook = undefined;
    this.set(A.PAUSE, 0);
    this.set(A.HOLD, this.#hold ? 1 : 0);
  }

  abstract service(fired: number): void;
  abstract wants(): boolean;
  abstract waiters(): Waiter[][];

  describe(): string {
    const level = (k: number): string => ["0", "1", "x"][this.get(k)]!;
    const now = this.get(A.STALL_NOW);
    return (
      `stream ${this.prefix} (${this.role}): tvalid=${level(A.SEEN_VALID)} tready=${level(A.SEEN_READY)}, ` +
      `${this.transfers} beats in ${this.get(A.FRAMES)} frames${this.transfers ? `, the last in cycle ${this.lastCycle}` : ""}` +
      `${now ? `, stalled for ${now} cycles` : ""}${this.state()}`
    );
  }
  /** What a hang report says besides the handshake. */
  protected state(): string {
    return "";
  }
  protected arm(bit: number): void {
    this.set(A.WAKE, this.get(A.WAKE) | bit);
  }
  protected disarm(bit: number): void {
    this.set(A.WAKE, this.get(A.WAKE) & ~bit);
  }
}

function powerOfTwo(n: number): number {
  let p = 1;
  while (p < n) p *= 2;
  return p;
}

/** The value of some 32-bit words, lowest first. */
export function wordsToBig(words: ArrayLike<number>, at: number, n: number): bigint {
  let r = 0n;
  for (let k = n - 1; k >= 0; k--) r = (r << 32n) | BigInt(words[at + k]!);
  return r;
}

export function bigToWords(v: bigint | number, width: number, to: Uint32Array, at: number, what: string): void {
  if (typeof v === "number") {
    if (!Number.isSafeInteger(v)) throw new RangeError(`${what}: ${v} is not a whole number`);
    if (width <= 32 && v >= 0 && v <= 2 ** width - 1) {
      to[at] = v;
      return;
    }
  }
  const limit = 1n << BigInt(width);
  const b = BigInt(v);
  if (b >= limit || b < -(limit >> 1n)) throw new RangeError(`${what}: ${v} does not fit into ${width} bits`);
  let rest = BigInt.asUintN(width, b);
  for (let k = 0; k < wordsOf(width); k++) {
    to[at + k] = Number(rest & 0xffffffffn);
    rest >>= 32n;
  }
}
