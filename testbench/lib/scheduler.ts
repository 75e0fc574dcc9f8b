import type { Backend, LogEntry } from "./backend.ts";
import { A, C, CLOCK_WORDS, COMMAND, H, REASON, STATUS } from "./layout.ts";
import { type Drain, findDrain } from "./microtasks.ts";
import type { SignalContext } from "./signals.ts";

/** Thrown inside a task that was killed, so that its `finally` blocks run. */
export class TaskKilled extends Error {
  constructor(name: string) {
    super(`task ${name} was killed`);
    this.name = "TaskKilled";
  }
}

/** Somebody who waits, and for what. */
export class Waiter {
  readonly task: Task<unknown>;
  readonly what: () => string;
  /** Where in the bench, when sites are recorded. */
  readonly site: string;
  readonly promise: Promise<unknown>;
  done = false;
  value: unknown = undefined;
  error: Error | undefined = undefined;
  /** The list that holds the waiter, unless `remove` knows better. */
  list: Waiter[] | undefined = undefined;
  remove: (() => void) | undefined = undefined;
  resolve!: (value: unknown) => void;
  reject!: (error: Error) => void;

  constructor(task: Task<unknown>, what: () => string, site: string) {
    this.task = task;
    this.what = what;
    this.site = site;
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
  /** Takes the waiter out of whatever holds it. */
  cancel(): void {
    if (this.remove) this.remove();
    else if (this.list) {
      const i = this.list.indexOf(this);
      if (i >= 0) this.list.splice(i, 1);
    }
  }
}

/** A function of the bench that runs beside others. */
export class Task<T> {
  readonly name: string;
  readonly site: string;
  state: "running" | "finished" | "failed" | "killed" = "running";
  readonly #scheduler: Scheduler;
  #value: T | undefined;
  /** Those who join. */
  readonly joiners: Waiter[] = [];
  waiting: Waiter | undefined;

  constructor(scheduler: Scheduler, name: string, site: string) {
    this.#scheduler = scheduler;
    this.name = name;
    this.site = site;
  }
  get done(): boolean {
    return this.state !== "running";
  }
  /** What the task returned; undefined until then. */
  get result(): T | undefined {
    return this.#value;
  }
  /** Waits for the end of the task; its value, or undefined when it was killed. */
  join(): Promise<T | undefined> {
    if (this.done) return Promise.resolve(this.#value);
    return this.#scheduler.wait<T | undefined>(() => `the end of task ${this.name}`, this.joiners);
  }
  /** Ends the task where it waits: its `finally` blocks run, nothing else. */
  kill(): void {
    if (this.done) return;
    this.state = "killed";
    const w = this.waiting;
    if (w && !w.done) {
      w.cancel();
      w.error = new TaskKilled(this.name);
      this.#scheduler.wake(w);
    }
    this.#scheduler.wakeAll(this.joiners, undefined);
  }
  /** For the scheduler. */
  finish(value: T): void {
    if (this.done) return;
    this.state = "finished";
    this.#value = value;
    this.#scheduler.wakeAll(this.joiners, value);
  }
}

interface Polled {
  waiter: Waiter;
  predicate: () => unknown;
}
interface Timed {
  waiter: Waiter;
  at: number;
}

/** Something native that may ask for the bench: a stream agent. */
export interface AgentHandle {
  /** Name of the stream. */
  readonly prefix: string;
  /** Offset of the agent's record. */
  readonly at: number;
  /** The native side set `fired` bits. */
  service(fired: number): void;
  /** Somebody waits for this agent. */
  wants(): boolean;
  /** Those who do. */
  waiters(): Waiter[][];
  /** A line for hang reports. */
  describe(): string;
}

interface ClockState {
  name: string;
  riseText: () => string;
  fallText: () => string;
  rise: Waiter[];
  fall: Waiter[];
  until: Polled[];
  hooks: (() => void)[];
  /** Called when all hooks were. */
  drives: (() => void)[];
}

const SLICE_MS = 50;
const IDLE_MS = 20_000;

export interface Failure {
  error: Error;
  task: string | undefined;
}

/** Moves simulated time on whenever every task of the bench waits, and wakes tasks in the order in which they waited. */
export class Scheduler {
  readonly backend: Backend;
  readonly memory: Uint32Array;
  readonly clocks: ClockState[];
  readonly log: LogEntry[] = [];
  readonly agents: AgentHandle[] = [];
  readonly tasks = new Set<Task<unknown>>();
  failure: Failure | undefined;
  /** Recording where each wait is written costs microseconds: only when a failed run is repeated. */
  sites = false;
  onLog: ((entry: LogEntry) => void) | undefined;
  #current: Task<unknown>;
  readonly main: Task<unknown>;
  readonly #ready: Waiter[] = [];
  readonly #timers: Timed[] = [];
  readonly #settled: Waiter[] = [];
  readonly #context: SignalContext;
  #taskCount = 0;
  #over = false;

  constructor(backend: Backend, clockNames: readonly string[], context: SignalContext) {
    this.backend = backend;
    this.memory = backend.memory;
    this.#context = context;
    this.clocks = clockNames.map((name) => ({
      name,
      riseText: () => `a rising edge of ${name}`,
      fallText: () => `a falling edge of ${name}`,
      rise: [],
      fall: [],
      until: [],
      hooks: [],
      drives: [],
    }));
    this.main = new Task(this, "main", "");
    this.#current = this.main;
  }

  /** Rising edges of a clock so far. */
  cycles(clock = 0): number {
    return this.memory[H.CLOCK_TABLE + clock * CLOCK_WORDS + C.CYCLES]!;
  }
  /** Picoseconds since the start. */
  get now(): number {
    return this.memory[H.NOW_LO]! + this.memory[H.NOW_HI]! * 2 ** 32;
  }
  get current(): Task<unknown> {
    return this.#current;
  }

  /** A promise for the present task, put into `list`; whoever takes it from there passes it to `wake`. */
  wait<T>(what: () => string, list: Waiter[]): Promise<T> {
    const task = this.#current;
    if (task.state === "killed") return Promise.reject(new TaskKilled(task.name));
    const w = new Waiter(task, what, this.sites ? callSite() : "");
    w.list = list;
    list.push(w);
    task.waiting = w;
    return w.promise as Promise<T>;
  }

  #enlist<T>(what: () => string, add: (w: Waiter) => () => void): Promise<T> {
    const task = this.#current;
    if (task.state === "killed") return Promise.reject(new TaskKilled(task.name));
    const w = new Waiter(task, what, this.sites ? callSite() : "");
    w.remove = add(w);
    task.waiting = w;
    return w.promise as Promise<T>;
  }

  rising(clock: number): Promise<void> {
    const c = this.clocks[clock]!;
    return this.wait(c.riseText, c.rise);
  }
  falling(clock: number): Promise<void> {
    const c = this.clocks[clock]!;
    return this.wait(c.fallText, c.fall);
  }
  timer(ps: number): Promise<void> {
    const at = this.now + ps;
    return this.#enlist(
      () => `the time ${at / 1000} ns`,
      (waiter) => {
        let i = this.#timers.length;
        while (i > 0 && this.#timers[i - 1]!.at > at) i--;
        const timed = { waiter, at };
        this.#timers.splice(i, 0, timed);
        return () => {
          const k = this.#timers.indexOf(timed);
          if (k >= 0) this.#timers.splice(k, 1);
        };
      },
    );
  }
  settled(): Promise<void> {
    if (this.#context.readOnly) return Promise.resolve();
    return this.wait(() => "the read-only phase", this.#settled);
  }
  until(clock: number, predicate: () => unknown, text: string): Promise<void> {
    const list = this.clocks[clock]!.until;
    return this.#enlist(
      () => `until(${text})`,
      (waiter) => {
        const polled = { waiter, predicate };
        list.push(polled);
        return () => {
          const i = list.indexOf(polled);
          if (i >= 0) list.splice(i, 1);
        };
      },
    );
  }
  /** Gives up waits that are no longer needed. */
  abandon(promises: readonly unknown[]): void {
    const lists = [this.#settled, ...this.clocks.flatMap((c) => [c.rise, c.fall, c.until.map((u) => u.waiter)])];
    for (const list of [...lists, this.#timers.map((t) => t.waiter), ...this.agents.flatMap((a) => a.waiters())])
      for (const w of [...list])
        if (!w.done && promises.includes(w.promise)) {
          w.done = true;
          w.cancel();
        }
  }

  /** Lets a waiter go on; it runs before time moves. */
  wake(w: Waiter, value?: unknown): void {
    if (w.done) return;
    w.done = true;
    w.value = value;
    this.#ready.push(w);
  }
  wakeAll(list: Waiter[], value?: unknown): void {
    for (const w of list.splice(0)) this.wake(w, value);
  }

  start<T>(work: () => Promise<T> | T, name?: string): Task<T> {
    const task = new Task<T>(this, name ?? `#${++this.#taskCount}`, this.sites ? callSite() : "");
    this.launch(task, work);
    return task;
  }
  launch<T>(task: Task<T>, work: () => Promise<T> | T): void {
    this.tasks.add(task as Task<unknown>);
    const previous = this.#current;
    this.#current = task as Task<unknown>;
    let running: Promise<T>;
    try {
      running = Promise.resolve(work());
    } catch (e) {
      running = Promise.reject(e);
    } finally {
      this.#current = previous;
    }
    running.then(
      (value) => {
        this.tasks.delete(task as Task<unknown>);
        task.finish(value);
      },
      (e: unknown) => {
        this.tasks.delete(task as Task<unknown>);
        if (task.state === "killed") return;
        task.state = "failed";
        this.fail(e, task.name);
      },
    );
  }

  fail(e: unknown, task?: string): void {
    this.failure ??= { error: e instanceof Error ? e : new Error(String(e)), task };
  }

  /** Runs `work` as the main task until it ends or anything fails. Never rejects: look at `failure`. */
  run<T>(work: () => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      let value: T | undefined;
      // From setImmediate, because microtasks cannot be run from inside one.
      setImmediate(() => {
        this.launch(this.main as Task<T>, work);
        const finish = (): void => {
          value = this.main.result as T | undefined;
          this.#over = true;
          resolve(value);
        };
        const drain = findDrain();
        if (drain) setImmediate(() => this.#loop(drain, finish));
        else void this.#loopByTurns(finish);
      });
    });
  }

  #finishedBy(finish: () => void): boolean {
    if (!this.failure && !this.main.done && !this.finished) return false;
    finish();
    return true;
  }
  // Everybody waits for something outside the simulation, such as a file: when that began. Fails the run in the end.
  #idle = 0;
  #nobody(): boolean {
    if (this.#anybody()) {
      this.#idle = 0;
      return false;
    }
    this.#idle ||= performance.now();
    if (performance.now() - this.#idle > IDLE_MS)
      this.fail(new Error("nobody waits for the simulation, and nothing outside it has come for 20 s"));
    return true;
  }

  #loop(drain: Drain, finish: () => void): void {
    const slice = (): void => {
      const start = performance.now();
      try {
        drain();
        this.#resume(drain);
        for (let n = 0; ; n++) {
          if (this.#finishedBy(finish)) return;
          if (this.#nobody()) {
            setTimeout(slice, 1);
            return;
          }
          this.#advance();
          this.#resume(drain);
          if (this.#limit) this.#hang();
          if ((n & 255) === 255 || (this.memory[H.REASON]! & REASON.SLICE) !== 0)
            if (performance.now() - start > SLICE_MS) {
              setImmediate(slice);
              return;
            }
        }
      } catch (e) {
        this.fail(e);
        finish();
      }
    };
    slice();
  }

  // The same in turns of the event loop.
  async #loopByTurns(finish: () => void): Promise<void> {
    const turn = (): Promise<void> => new Promise((r) => setImmediate(r));
    try {
      for (;;) {
        await turn();
        for (let i = 0; i < this.#ready.length && !this.failure; i++) {
          this.#deliver(this.#ready[i]!);
          await turn();
        }
        this.#ready.length = 0;
        this.#current = this.main;
        if (this.#limit) this.#hang();
        if (this.#finishedBy(finish)) return;
        if (this.#nobody()) await new Promise((r) => setTimeout(r, 1));
        else this.#advance();
      }
    } catch (e) {
      this.fail(e);
      finish();
    }
  }

  #deliver(w: Waiter): void {
    this.#current = w.task;
    if (w.task.waiting === w) w.task.waiting = undefined;
    if (w.error) w.reject(w.error);
    else w.resolve(w.value);
  }

  // One after the other, each until it waits again, so the order never depends on how deep the awaits are.
  #resume(drain: Drain): void {
    const ready = this.#ready;
    for (let i = 0; i < ready.length; i++) {
      if (this.failure) break;
      this.#deliver(ready[i]!);
      drain();
    }
    // Assigning the length is slow, and one is the usual number.
    if (ready.length === 1) ready.pop();
    else if (ready.length) ready.length = 0;
    this.#current = this.main;
  }

  #anybody(): boolean {
    if (this.#timers.length || this.#settled.length) return true;
    for (const c of this.clocks) if (c.rise.length || c.fall.length || c.until.length || c.hooks.length) return true;
    for (const a of this.agents) if (a.wants()) return true;
    return false;
  }

  #advance(): void {
    const m = this.memory;
    let rise = 0;
    let fall = 0;
    for (let i = 0; i < this.clocks.length; i++) {
      const c = this.clocks[i]!;
      if (c.rise.length || c.until.length || c.hooks.length) rise |= 1 << i;
      if (c.fall.length) fall |= 1 << i;
    }
    m[H.WANT_RISE] = rise;
    m[H.WANT_FALL] = fall;
    m[H.WANT_SETTLED] = this.#settled.length ? 1 : 0;
    const timer = this.#timers[0];
    m[H.TIMER_LO] = timer ? timer.at % 2 ** 32 : 0;
    m[H.TIMER_HI] = timer ? Math.floor(timer.at / 2 ** 32) : 0;
    m[H.COMMAND] = COMMAND.RUN;
    this.#context.readOnly = false;
    this.backend.run();
    const reason = m[H.REASON]!;
    if (m[H.LOG_BYTES] !== 0) this.#readLog();
    if (reason & REASON.STATUS && m[H.STATUS] !== STATUS.RUNNING) this.#stopped(m[H.STATUS]!);
    if (this.failure || this.finished) return;
    if (reason & REASON.SETTLED) {
      this.#context.readOnly = true;
      this.wakeAll(this.#settled);
      return;
    }
    if (reason & REASON.AGENT) this.serviceAgents();
    if (reason & REASON.EDGE) this.#edges(m[H.DID_RISE]!, m[H.DID_FALL]!);
    if (reason & REASON.TIMER) {
      const now = this.now;
      while (this.#timers.length && this.#timers[0]!.at <= now) this.wake(this.#timers.shift()!.waiter);
    }
    // Those who were woken by this very edge may still end the run.
    if (reason & REASON.LIMIT && !this.#over) this.#limit = true;
  }
  #limit = false;
  #hang(): void {
    this.#limit = false;
    if (!this.main.done && !this.failure) this.fail(new HangError(this.cycles(), this.hangReport()));
  }

  #edges(rise: number, fall: number): void {
    for (let i = 0; i < this.clocks.length; i++) {
      const c = this.clocks[i]!;
      if (rise & (1 << i)) {
        for (let k = 0; k < c.hooks.length; k++) c.hooks[k]!();
        for (let k = 0; k < c.drives.length; k++) c.drives[k]!();
        if (c.rise.length === 1) {
          this.wake(c.rise.pop()!);
        } else if (c.rise.length) this.wakeAll(c.rise);
        if (c.until.length)
          for (const p of [...c.until]) {
            let hit: unknown;
            try {
              hit = p.predicate();
            } catch (e) {
              p.waiter.cancel();
              p.waiter.error = e instanceof Error ? e : new Error(String(e));
              this.wake(p.waiter);
              continue;
            }
            if (hit) {
              p.waiter.cancel();
              this.wake(p.waiter);
            }
          }
      }
      if (fall & (1 << i)) this.wakeAll(c.fall);
    }
  }

  serviceAgents(): void {
    const m = this.memory;
    for (const a of this.agents) {
      const fired = m[a.at + A.FIRED]!;
      if (fired) {
        m[a.at + A.FIRED] = 0;
        a.service(fired);
      }
    }
  }

  #readLog(): void {
    for (const e of this.backend.takeLog()) {
      this.log.push(e);
      this.onLog?.(e);
    }
  }

  /** Lets the simulation go on without the bench until `cycle` of the first clock, for waves behind a failure. */
  coast(cycle: number): void {
    const m = this.memory;
    m[H.WANT_RISE] = 1;
    m[H.WANT_FALL] = m[H.WANT_SETTLED] = m[H.TIMER_LO] = m[H.TIMER_HI] = 0;
    m[H.MAX_CYCLES] = 0xffffffff;
    try {
      while (m[H.STATUS] === STATUS.RUNNING && this.cycles() < cycle) this.backend.run();
    } catch {
      // The simulator ended: the waves end with it.
    }
  }

  /** Collects what the last edge printed, and its failure if there is one. */
  finish(): void {
    this.backend.finish();
    this.#readLog();
    if (this.memory[H.STATUS] !== STATUS.RUNNING && !this.failure) this.#stopped(this.memory[H.STATUS]!);
  }

  /** The design has called $finish, and that is no failure. */
  finished = false;
  /** Statuses that are no failure. */
  tolerate = new Set<number>();

  #stopped(status: number): void {
    if (this.tolerate.has(status)) {
      if (status === STATUS.FINISH) this.finished = true;
      else this.memory[H.STATUS] = STATUS.RUNNING;
      return;
    }
    const kinds: Record<number, LogEntry["kind"][]> = {
      [STATUS.FINISH]: ["finish"],
      [STATUS.STOP]: ["error", "fatal", "stop"],
      [STATUS.FATAL]: ["fatal"],
      [STATUS.ERROR]: ["error", "fatal"],
    };
    const entry = this.log.findLast((e) => kinds[status]?.includes(e.kind)) ?? this.log.at(-1);
    this.fail(new DesignStopped(entry, status));
  }

  /** What every task and every stream was waiting for. */
  hangReport(): string {
    const lines: string[] = [];
    for (const t of this.tasks) {
      const w = t.waiting;
      const what = w && !w.done ? `waits for ${w.what()}` : "waits for something outside the simulation";
      lines.push(`  task ${t.name} ${what}${w?.site ? ` (${w.site})` : ""}`);
    }
    for (const a of this.agents) lines.push(`  ${a.describe()}`);
    return lines.join("\n");
  }
}

/** First line of the call stack that is not the library's own. */
export function callSite(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 12;
  const stack = new Error().stack ?? "";
  Error.stackTraceLimit = limit;
  const here = import.meta.dirname;
  const line = stack
    .split("\n")
    .slice(1)
    .find((l) => !l.includes(here) || /\.test\.ts/.test(l));
  const m = /\(?((?:file:\/\/)?\/[^()]+:\d+:\d+)\)?$/.exec(line ?? "");
  return m ? m[1]!.replace("file://", "") : "";
}

/** The run reached `maxCycles`. */
export class HangError extends Error {
  readonly report: string;
  constructor(cycles: number, report: string) {
    super(`still running after ${cycles} cycles (maxCycles):\n${report}`);
    this.name = "HangError";
    this.report = report;
  }
}

/** The design itself ended the run: $error, $fatal, $stop or $finish. */
export class DesignStopped extends Error {
  readonly entry: LogEntry | undefined;
  readonly status: number;
  constructor(entry: LogEntry | undefined, status: number) {
    const where = entry?.file ? ` at ${entry.file}:${entry.line}${entry.scope ? ` in ${entry.scope}` : ""}` : "";
    const what = entry
      ? entry.kind === "stop" || entry.kind === "finish"
        ? `$${entry.kind}`
        : `$${entry.kind}: ${entry.text}`
      : "the simulator ended";
    super(`the design called ${what}${where}${entry ? `, at ${entry.time} ns` : ""}`);
    this.name = "DesignStopped";
    this.entry = entry;
    this.status = status;
  }
}
