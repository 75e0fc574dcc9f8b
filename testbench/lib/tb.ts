import { AxilMaster } from "./axil.ts";
import { AxisMonitor, AxisSink, AxisSource, type CheckOptions } from "./axis.ts";
import type { AxisHost, AxisOptions } from "./axis_port.ts";
import type { LogEntry } from "./backend.ts";
import { picoseconds } from "./design.ts";
import { H } from "./layout.ts";
import type { Rand } from "./rand.ts";
import type { Scheduler, Task } from "./scheduler.ts";
import { Scoreboard, type ScoreboardOptions } from "./scoreboard.ts";
import type { Dut, Signal, SignalContext } from "./signals.ts";
import { type UartOptions, UartSink, type UartSinkOptions, UartSource } from "./uart.ts";

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
  /** Calls `work` at every rising edge, before any task wakes up; the result ends it. */
  onEdge(work: () => void): () => void {
    const { hooks } = this.#scheduler.clocks[this.index]!;
    hooks.push(work);
    return () => {
      const i = hooks.indexOf(work);
      if (i >= 0) hooks.splice(i, 1);
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

/** Everything a bench has: the design's ports, its clocks, triggers, tasks, streams and random numbers. */
export class Tb<P extends string = string> {
  readonly dut: Dut<P>;
  /** The first clock. */
  readonly clk: Clock;
  readonly clocks: Readonly<Record<string, Clock>>;
  /** Seeded random numbers of this run. */
  readonly rand: Rand;
  readonly seed: number;
  readonly sim: "verilator" | "icarus";
  /** 0 in the first run of the bench, 1 in the one with the second random initial state, and so on. */
  readonly initRun: number;
  readonly #scheduler: Scheduler;
  readonly #host: AxisHost;
  readonly #context: SignalContext;

  /** Made by `run`. */
  constructor(
    scheduler: Scheduler,
    host: AxisHost,
    context: SignalContext,
    dut: Dut<P>,
    clocks: readonly Clock[],
    rand: Rand,
    initRun = 0,
  ) {
    this.#scheduler = scheduler;
    this.#host = host;
    this.#context = context;
    this.dut = dut;
    this.clk = clocks[0]!;
    this.clocks = Object.fromEntries(clocks.map((c) => [c.name, c]));
    this.rand = rand;
    this.seed = rand.seed;
    this.sim = scheduler.backend.sim;
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
  /** A port by a name that is computed. Throws a TypeError when there is none. */
  signal(name: string): Signal {
    return (this.dut as Dut)[name]!;
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
    const m = this.#context.memory;
    m[H.RESET_EDGES] = 0;
    m[H.IN_RESET] = 1;
    signal.value = active;
    await this.clk.cycles(options.cycles ?? 4);
    signal.value = 1 - active;
    m[H.IN_RESET] = 0;
    m[H.CHECK_X] = 1;
  }

  /** Drives the design's input stream `<prefix>_tdata`, `_tvalid`, `_tready` and so on. */
  axisSource(prefix: string, options: AxisOptions = {}): AxisSource {
    return new AxisSource(this.#host, prefix, options);
  }
  /** Takes frames from the design's output stream. */
  axisSink(prefix: string, options: AxisOptions = {}): AxisSink {
    return new AxisSink(this.#host, prefix, options);
  }
  /** Records the beats of any stream and checks the protocol's rules; `check: false` only records. */
  axisMonitor(prefix: string, options: AxisOptions & { check?: CheckOptions | false } = {}): AxisMonitor {
    return new AxisMonitor(this.#host, prefix, options);
  }
  /** Checks the protocol's rules on a stream; a violation fails the run and names the rule. */
  protocolCheck(prefix: string, check: CheckOptions = {}): void {
    new AxisMonitor(this.#host, prefix, { record: false, check, ...(check.clock ? { clock: check.clock } : {}) });
  }
  /** Reads and writes registers of the design over AXI4-Lite. */
  axilMaster(prefix: string): AxilMaster {
    return new AxilMaster(this as Tb, prefix);
  }
  /** Sends bytes on a serial input of the design. */
  uartSource(line: Signal, options: UartOptions): UartSource {
    return new UartSource(this as Tb, line, options);
  }
  /** Receives bytes from a serial output of the design; a broken frame fails the run, or is recorded. */
  uartSink(line: Signal, options: UartSinkOptions): UartSink {
    return new UartSink(this as Tb, line, options);
  }
  /** Compares what comes with what is expected, in order. */
  scoreboard<T>(options: ScoreboardOptions<T> = {}): Scoreboard<T> {
    return new Scoreboard<T>(() => this.cycle, options);
  }
}

const waitable = (x: unknown): unknown =>
  x !== null && typeof x === "object" && "join" in x && typeof x.join === "function" && "kill" in x
    ? (x as Task<unknown>).join()
    : x;
