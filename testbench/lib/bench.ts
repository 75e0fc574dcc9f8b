import type { LogEntry } from "./backend.ts";
import { type Port, picoseconds } from "./design.ts";
import { H } from "./layout.ts";
import { Logger, type Message } from "./logger.ts";
import type { Rand } from "./rand.ts";
import type { Scheduler, Task, Waiter } from "./scheduler.ts";
import { Signal } from "./signals.ts";
import type { SimulatorName } from "./simulators.ts";

/** A clock that the library drives. */
export class Clock {
  readonly name: string;
  /** Nanoseconds. */
  readonly period: number;
  readonly index: number;
  readonly #scheduler: Scheduler;
  constructor(scheduler: Scheduler, index: number, name: string, period: number) {
    this.#scheduler = scheduler;
    this.index = index;
    this.name = name;
    this.period = period;
  }
  /** Rising edges so far. */
  get cycle(): number {
    return this.#scheduler.cycles(this.index);
  }
  /** The next rising edge: outputs read as registers see them at it, what is written reaches the design after it. */
  rising(): Promise<void> {
    return this.#scheduler.rising(this.index);
  }
  /** The next falling edge. */
  falling(): Promise<void> {
    return this.#scheduler.falling(this.index);
  }
  /** `n` rising edges. */
  async cycles(n: number): Promise<void> {
    for (let i = 0; i < n; i++) await this.#scheduler.rising(this.index);
  }
  /** The first rising edge at which `predicate` holds. */
  until(predicate: () => unknown): Promise<void> {
    return this.#scheduler.until(this.index, predicate, brief(predicate));
  }
  /**
   * Calls `observe` at every rising edge, before any task wakes up, and `drive` when everybody has observed: so no agent
   * sees what another one writes at the same edge. Observers must not write. The result ends it.
   */
  onEdge(observe: () => void, drive?: () => void): () => void {
    const { hooks, drives } = this.#scheduler.clocks[this.index]!;
    hooks.push(observe);
    if (drive) drives.push(drive);
    return () => {
      for (const [list, work] of [
        [hooks, observe],
        [drives, drive],
      ] as const) {
        const i = work ? list.indexOf(work) : -1;
        if (i >= 0) list.splice(i, 1);
      }
    };
  }
}

const brief = (f: () => unknown): string => {
  const s = String(f).replace(/\s+/g, " ");
  return s.length > 60 ? `${s.slice(0, 57)}...` : s;
};

/** Thrown by `withTimeout`. */
export class TimeoutError extends Error {
  constructor(ns: number) {
    super(`nothing came within ${ns} ns`);
    this.name = "TimeoutError";
  }
}

/** A value that an agent gives later, from an edge's function or a task; made by `tb.future`. */
export class Future<T> {
  readonly #scheduler: Scheduler;
  readonly #what: string;
  readonly #waiters: Waiter[] = [];
  #value: { of: T } | undefined;
  #error: Error | undefined;
  constructor(scheduler: Scheduler, what: string) {
    this.#scheduler = scheduler;
    this.#what = what;
  }
  get done(): boolean {
    return this.#value !== undefined || this.#error !== undefined;
  }
  /** The value, as soon as it is there. */
  wait(): Promise<T> {
    if (this.#error) return Promise.reject(this.#error);
    return this.#value ? Promise.resolve(this.#value.of) : this.#scheduler.wait<T>(() => this.#what, this.#waiters);
  }
  /** Gives the value to all who wait, in the order in which they began to. Only the first value counts. */
  resolve(value: T): void {
    if (this.done) return;
    this.#value = { of: value };
    this.#scheduler.wakeAll(this.#waiters, value);
  }
  /** There will be no value: whoever waits gets the error. */
  reject(error: Error): void {
    if (this.done) return;
    this.#error = error;
    for (const w of this.#waiters.splice(0)) {
      w.error = error;
      this.#scheduler.wake(w);
    }
  }
}

/** What agents need of a run besides its signals and triggers; `tb.host` has it. */
export interface AgentHost {
  scheduler: Scheduler;
  ports: readonly Port[];
  /** Offset of each port's value. */
  offsets: readonly number[];
  top: string;
  rand: Rand;
  /** Takes words of the shared memory; throws when none are left. */
  allocate(words: number): number;
  /** Names of inputs that somebody drives already, so that two drivers are refused. */
  driven: Map<string, string>;
  /** Tells the agent about a broken rule; the run fails. */
  violation(e: Error): void;
  /** Takes a message of a logger. */
  message(m: Message): void;
}

/** What agents are made on: the design's ports, its clocks, triggers, tasks and random numbers. `Tb` adds the agents. */
export class Bench {
  /** The first clock. */
  readonly clk: Clock;
  readonly clocks: Readonly<Record<string, Clock>>;
  /** Seeded random numbers of this run. */
  readonly rand: Rand;
  readonly seed: number;
  readonly sim: SimulatorName;
  /** 0 in the first run of the bench, 1 in the one with the second random initial state, and so on. */
  readonly initRun: number;
  /** What the library's own agents need besides: native stream records, drivers, the scheduler. */
  readonly host: AgentHost;
  readonly #scheduler: Scheduler;
  readonly #dut: Readonly<Record<string, unknown>>;

  /** Made by `run`. */
  constructor(host: AgentHost, dut: object, clocks: readonly Clock[], rand: Rand, initRun = 0) {
    const { scheduler } = host;
    this.#scheduler = scheduler;
    this.host = host;
    this.#dut = dut as Readonly<Record<string, unknown>>;
    this.clk = clocks[0]!;
    this.clocks = Object.fromEntries(clocks.map((c) => [c.name, c]));
    this.rand = rand;
    this.seed = rand.seed;
    this.sim = scheduler.backend.sim as SimulatorName;
    this.initRun = initRun;
  }

  /** Rising edges of the first clock so far. */
  get cycle(): number {
    return this.#scheduler.cycles();
  }
  /** Simulated time in nanoseconds. */
  get time(): number {
    return this.#scheduler.now / 1000;
  }
  /** What the design has printed so far. */
  get log(): readonly LogEntry[] {
    return this.#scheduler.log;
  }
  /** A port by name, or a signal inside the design by path: `u_core.g_lane[2].acc`. Throws a TypeError when there is none. */
  signal(name: string): Signal {
    const s = this.#dut[name];
    if (!(s instanceof Signal)) throw new TypeError(`${name} of ${this.host.top} is a scope or an array, not a signal`);
    return s;
  }

  /** The next rising edge of the first clock. */
  rising(): Promise<void> {
    return this.#scheduler.rising(0);
  }
  /** The next falling edge of the first clock. */
  falling(): Promise<void> {
    return this.#scheduler.falling(0);
  }
  /** `n` rising edges of the first clock. */
  cycles(n: number): Promise<void> {
    return this.clk.cycles(n);
  }
  /** `ns` nanoseconds. */
  timer(ns: number): Promise<void> {
    return this.#scheduler.timer(picoseconds(ns));
  }
  /** The first rising edge of the first clock at which `predicate` holds. */
  until(predicate: () => unknown): Promise<void> {
    return this.clk.until(predicate);
  }
  /** Everything has settled after the present edge and writes; nothing may be written until time has moved on. */
  readOnly(): Promise<void> {
    return this.#scheduler.settled();
  }
  /** The first of several triggers, tasks or promises; triggers that lose are given up. */
  async first<T extends readonly unknown[]>(...of: T): Promise<Awaited<T[number]>> {
    const promises = of.map(waitable);
    try {
      return (await Promise.race(promises)) as Awaited<T[number]>;
    } finally {
      this.#scheduler.abandon(promises);
    }
  }
  /** All of several triggers, tasks or promises. */
  async all<T extends readonly unknown[]>(...of: T): Promise<unknown[]> {
    return Promise.all(of.map(waitable));
  }
  /** The promise's value. Throws a TimeoutError when it does not come within `ns` nanoseconds. */
  async withTimeout<T>(promise: Promise<T> | Task<T>, ns: number): Promise<T | undefined> {
    const late = Symbol("late");
    const r = await this.first(
      promise,
      this.timer(ns).then(() => late),
    );
    if (r === late) throw new TimeoutError(ns);
    return r as T;
  }

  /** Runs `work` beside the bench. An exception in it fails the run at once. */
  start<T>(work: () => Promise<T> | T, name?: string): Task<T> {
    return this.#scheduler.start(work, name);
  }
  kill(task: Task<unknown>): void {
    task.kill();
  }
  join<T>(task: Task<T>): Promise<T | undefined> {
    return task.join();
  }

  /** Holds an active-high reset for `cycles` clocks; stream agents are idle meanwhile, and X is looked for afterwards. */
  async reset(signal: Signal, options: { cycles?: number; active?: 0 | 1 } = {}): Promise<void> {
    const active = options.active ?? 1;
    const m = this.#scheduler.memory;
    // First what throws after the end of the run: the memory may belong to another one then.
    signal.value = active;
    m[H.RESET_EDGES] = 0;
    m[H.IN_RESET] = 1;
    await this.clk.cycles(options.cycles ?? 4);
    signal.value = 1 - active;
    m[H.IN_RESET] = 0;
    m[H.CHECK_X] = 1;
  }
  /** True while `reset` holds the reset: agents are idle then. */
  get inReset(): boolean {
    return this.#scheduler.memory[H.IN_RESET] === 1;
  }
  /** True when the design has a port of this name; for the optional signals of a bus. */
  hasPort(name: string): boolean {
    return Object.hasOwn(this.#dut, name);
  }
  /**
   * The ports `<prefix>_<name>` of a bus. Throws a TypeError that names `who` and the missing port, or the driver that a
   * port in `drives` has already.
   */
  bus<R extends string, O extends string = never>(who: string, prefix: string, ports: BusPorts<R, O>): Bus<R, O> {
    const bus: Record<string, Signal> = {};
    const full = (name: string): string => (prefix ? `${prefix}_${name}` : name);
    const missing = ports.required.filter((name) => !this.hasPort(full(name)));
    if (missing.length)
      throw new TypeError(
        `${who} ${prefix}: ${this.host.top} has no port ${full(missing[0]!)}; its ports are ${this.host.ports.map((p) => p.name).join(", ")}`,
      );
    for (const name of [...ports.required, ...(ports.optional ?? [])])
      if (this.hasPort(full(name))) bus[name] = this.signal(full(name));
    for (const name of ports.drives) if (bus[name]) this.claim(bus[name], `${who} ${prefix}`);
    return bus as Bus<R, O>;
  }
  /** Notes that `who` drives an input. Throws a TypeError when it is none or has another driver. */
  claim(signal: Signal, who: string): void {
    if (signal.direction !== "input")
      throw new TypeError(
        `${who}: ${signal.name} is an output of ${this.host.top}; an agent of the other side belongs there`,
      );
    const owner = this.host.driven.get(signal.name);
    if (owner) throw new TypeError(`${who}: ${signal.name} is already driven by ${owner}`);
    this.host.driven.set(signal.name, who);
  }
  /**
   * Says things with the simulated time. What is at least as weighty as `$TB_LOG` (debug, info, warning, error, silent) is
   * printed; `result.messages` and `failureOf(error).messages` have all but what is below it.
   */
  logger(name: string): Logger {
    return new Logger(
      name,
      () => this.time,
      (m) => this.host.message(m),
    );
  }
  /** A clock by name, the first one where none is given. Throws a TypeError for one that the design does not have. */
  clockNamed(name?: string): Clock {
    if (name === undefined) return this.clk;
    const clock = Object.hasOwn(this.clocks, name) ? this.clocks[name] : undefined;
    if (!clock)
      throw new TypeError(
        `${this.host.top} has no clock ${name}; its clocks are ${Object.keys(this.clocks).join(", ")}`,
      );
    return clock;
  }
  /** Something that comes once, for agents: whoever waits goes on when it is resolved. `what` is for hang reports. */
  future<T>(what: string): Future<T> {
    return new Future<T>(this.#scheduler, what);
  }
  /** Fails the run with an error, wherever it is called. */
  fail(error: Error): void {
    this.host.violation(error);
  }
}

/** Names of a bus's ports without prefix; `drives` are those that the agent drives, of either kind. */
export interface BusPorts<R extends string, O extends string> {
  required: readonly R[];
  optional?: readonly O[];
  drives: readonly (R | O)[];
}
export type Bus<R extends string, O extends string> = Readonly<Record<R, Signal> & Partial<Record<O, Signal>>>;

const waitable = (x: unknown): unknown =>
  x !== null && typeof x === "object" && "join" in x && typeof x.join === "function" && "kill" in x
    ? (x as Task<unknown>).join()
    : x;
