import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Access, type ClockSetup, type LogEntry, layOut, MoreAccess, NO_ACCESS } from "./backend.ts";
import { type AgentHost, Clock } from "./bench.ts";
import { makeFolder } from "./build/folder.ts";
import { BuildError, clocksOf, type Design, type Port, picoseconds } from "./design.ts";
import { SimulatorDied } from "./icarus_backend.ts";
import { H, STATUS } from "./layout.ts";
import { LOG_LEVELS, type LogLevel, logLevel, type Message, messageLine } from "./logger.ts";
import { globalSeed, hash32, Rand, seedFor } from "./rand.ts";
import { HangError, Scheduler } from "./scheduler.ts";
import { Internals, makeDut, retire, Signal, type SignalContext } from "./signals.ts";
import { type RunnableModel, SIMULATORS, type SimulatorName, simulatorFor } from "./simulators.ts";
import { Tb } from "./tb.ts";
import { failingStreams, writeSaveFiles } from "./waves.ts";

/** One random initial state is enough on Verilator, and why: a long simulation, a measurement of speed. */
export interface SingleInit {
  reason: string;
  seed?: number;
}

export interface RunOptions {
  sim: SimulatorName;
  /** Seed of `tb.rand` and of all pauses; from the global seed and `name` by default. */
  seed?: number;
  /** Cycles of the first clock after which a bench that has not ended fails; a million by default. */
  maxCycles?: number;
  /** `onfail` (default) repeats a failing run with the same seed and writes waves around the failing clock. */
  waves?: "off" | "onfail" | "always";
  /** Name of the test: for the seed, messages and files; the design's name by default. */
  name?: string;
  /**
   * Seeds of the random initial state of registers in Verilator. The bench runs once with each of them on the same
   * model; two that follow from `seed` by default. A single one has to say why. Icarus starts with X, once.
   */
  initSeeds?: readonly number[] | SingleInit;
  /** Clocks before and after the failing one that the waves show. 200 and 4 by default. */
  waveWindow?: { before?: number; after?: number };
  /** Folder for waves; `.cache/waves` of the working directory by default. */
  waveDir?: string;
  /** What $error of the design does: `fail` (default) or only `log`. */
  onError?: "fail" | "log";
  /** What $finish of the design does to a bench that has not ended: `fail` (default) or `end` it without a value. */
  onFinish?: "fail" | "end";
  /** Called with every line that the design prints, as it comes, in each run of the bench. */
  onLog?: (entry: LogEntry) => void;
  /** Folder for Verilator's line and toggle coverage, a file for each run; read it with `hdlCoverage`. */
  coverage?: string;
  /** What loggers print at least; `$TB_LOG` or `info` by default. */
  logLevel?: LogLevel;
  /** Extra arguments for the simulation, without the leading plus sign, for `$value$plusargs`. Icarus and Verilator. */
  plusargs?: readonly string[];
}

/** Of the first run of the bench, where there are several with different initial states. */
export interface RunResult<T> {
  value: T;
  /** Rising edges of the first clock. */
  cycles: number;
  /** Simulated nanoseconds. */
  time: number;
  seed: number;
  sim: SimulatorName;
  /** Seeds of the initial states that the bench has passed with; none on Icarus. */
  initSeeds: number[];
  log: LogEntry[];
  /** Of the bench's loggers. */
  messages: Message[];
  /** The design called $finish before the bench ended, which `onFinish: "end"` allows. */
  finished: boolean;
  /** Path of the waves, when they were asked for. */
  waves?: string;
}

/** What `run` adds to whatever made it fail. */
export interface RunFailure {
  sim: SimulatorName;
  seed: number;
  /** Seed of the initial state of the run that failed, on Verilator. */
  initSeed?: number;
  cycle: number;
  /** Nanoseconds. */
  time: number;
  task: string | undefined;
  log: LogEntry[];
  messages: Message[];
  waves?: string;
}

const FAILURE = Symbol.for("addernet-rtl.testbench.failure");

/** The circumstances of an error that `run` threw, undefined for any other. */
export const failureOf = (e: unknown): RunFailure | undefined =>
  (e as { [FAILURE]?: RunFailure } | undefined)?.[FAILURE];

interface Attempt<T> {
  value: T | undefined;
  error: Error | undefined;
  info: RunFailure;
  finished: boolean;
}

interface AttemptOptions {
  seed: number;
  /** On Verilator: the seed of the initial state and the number of the run. */
  initSeed: number;
  initRun: number;
  waves?: { path: string; from: number; to: number };
  /** A failing run goes on until the end of the waves. */
  coast?: boolean;
  sites: boolean;
}

// The second initial state that nobody chose follows from the seed like the first.
function initSeedsOf({ sim, initSeeds }: RunOptions, seed: number): number[] {
  if (initSeeds && "reason" in initSeeds) {
    if (!initSeeds.reason.trim()) throw new TypeError("initSeeds: a single initial state needs its reason");
    return [(initSeeds.seed ?? seed) >>> 0];
  }
  const seeds = (initSeeds ?? [seed, hash32(`${seed}/initial state`)]).map((s) => s >>> 0);
  if (new Set(seeds).size < 2)
    throw new TypeError(
      `initSeeds: ${JSON.stringify(initSeeds)} is a single initial state; give two seeds, or { reason } why one is enough`,
    );
  return SIMULATORS[sim].startsWithX ? [seed] : seeds;
}

/** Builds the design for a simulator without running it, for instance in a global setup. Throws a BuildError. */
export async function build(design: Design, sim: SimulatorName): Promise<{ ports: Port[] }> {
  return { ports: (await SIMULATORS[sim].build(design, { waves: false, coverage: false, access: NO_ACCESS })).ports };
}

/**
 * Builds the design or finds it in the cache, simulates it and runs `bench` on it until the bench returns. Rejects
 * with the bench's own error, a ProtocolError, a ScoreboardError, a HangError at `maxCycles`, a DesignStopped for
 * $error, $fatal, $stop and $finish, or a BuildError; the message says seed, cycle and where the waves are.
 */
export async function run<T, P extends string = string>(
  design: Design<P>,
  asked: RunOptions,
  bench: (tb: Tb<P>) => Promise<T>,
): Promise<RunResult<T>> {
  const options = { ...asked, sim: simulatorFor(asked.sim) };
  const name = options.name ?? design.top;
  const seed = (options.seed ?? seedFor(name)) >>> 0;
  const waves = options.waves ?? "onfail";
  const always = waves === "always";
  const wavePath = (): string => {
    const dir = resolve(options.waveDir ?? join(".cache", "waves"));
    makeFolder(dir);
    return join(dir, `${name.replace(/[^\w.-]+/g, "_").slice(0, 80)}-${options.sim}-${seed}.vcd`);
  };

  const initSeeds = initSeedsOf(options, seed);

  const simulator = SIMULATORS[options.sim];
  let result: RunResult<T> | undefined;
  for (const [initRun, initSeed] of initSeeds.entries()) {
    const which = { seed, initSeed, initRun };
    const shown = always && initRun === 0 ? { waves: { path: wavePath(), from: 0, to: 0xffffffff } } : {};
    const first = await attemptWithAccess(design, options, bench, always, { ...which, ...shown, sites: false });
    const { info, error } = first;
    if (error) {
      const notes = waves === "onfail" ? await repeat(design, options, bench, which, first, wavePath) : "";
      // A repeated hang knows more about it.
      const failure = first.error ?? error;
      decorate(failure, name, options, info, notes);
      throw failure;
    }
    result ??= {
      value: first.value as T,
      cycles: info.cycle,
      time: info.time,
      seed,
      sim: options.sim,
      initSeeds: simulator.startsWithX ? [] : initSeeds,
      log: info.log,
      messages: info.messages,
      finished: first.finished,
      ...(info.waves ? { waves: info.waves } : {}),
    };
  }
  return result!;
}

// What benches of this process have asked for inside a design, so that their next run starts with it.
const asked = new Map<string, Access>();

// Where the model does not give what the bench asks for, the bench starts again on one that does.
async function attemptWithAccess<T, P extends string>(
  design: Design<P>,
  options: RunOptions,
  bench: (tb: Tb<P>) => Promise<T>,
  waves: boolean,
  extra: AttemptOptions,
): Promise<Attempt<T>> {
  const key = JSON.stringify([options.name, options.sim, design.top, design.sources]);
  for (;;) {
    const access = asked.get(key) ?? NO_ACCESS;
    const model = await SIMULATORS[options.sim].build(design, {
      waves,
      coverage: options.coverage !== undefined,
      access,
    });
    const a = await attempt(model, design, options, bench, extra);
    if (!(a.error instanceof MoreAccess)) return a;
    const more = a.error.access;
    // A name goes into a file of Verilator's own language.
    const odd = more.force.find((f) => !/^[A-Za-z_][\w$]*$/.test(f));
    if (odd !== undefined) throw new BuildError(`a signal with the name ${JSON.stringify(odd)} cannot be forced`);
    const force = [...new Set([...access.force, ...more.force])].sort();
    if (access.internals && force.length === access.force.length)
      throw new BuildError(
        `${SIMULATORS[options.sim].title} cannot force ${more.force.join(", ") || "this signal"} of ${design.top}`,
      );
    asked.set(key, { internals: true, force });
  }
}

/** Runs a failed bench again with the same seeds for waves around the failing clock; says what should be known of it. */
async function repeat<T, P extends string>(
  design: Design<P>,
  options: RunOptions,
  bench: (tb: Tb<P>) => Promise<T>,
  which: Pick<AttemptOptions, "seed" | "initSeed" | "initRun">,
  failed: Attempt<T>,
  wavePath: () => string,
): Promise<string> {
  const { cycle } = failed.info;
  try {
    const from = Math.max(0, cycle - (options.waveWindow?.before ?? 200));
    const to = cycle + (options.waveWindow?.after ?? 4);
    const waves = { path: wavePath(), from, to };
    const { info, error } = await attemptWithAccess(design, options, bench, true, {
      ...which,
      waves,
      coast: true,
      sites: true,
    });
    if (info.waves) failed.info.waves = info.waves;
    if (!error) return "\n  repeated with the same seed it passed: the bench depends on something besides its seed";
    if (error instanceof HangError && failed.error instanceof HangError) failed.error = error;
    return "";
  } catch (e) {
    return `\n  it could not be repeated for waves: ${(e as Error).message}`;
  }
}

function decorate(error: Error, name: string, options: RunOptions, info: RunFailure, notes: string): void {
  const task = info.task && info.task !== "main" ? `, task ${info.task}` : "";
  const global = options.seed === undefined ? ` (TB_SEED=${globalSeed()})` : "";
  const init = info.initSeed === undefined ? "" : `, initial state ${info.initSeed}`;
  const lines = [
    `  ${name} on ${info.sim}: cycle ${info.cycle}, ${info.time} ns${task}, seed ${info.seed}${global}${init}`,
  ];
  if (info.waves) {
    const base = info.waves.replace(/\.vcd$/, "");
    lines.push(`  waves: ${info.waves}`, `  open with: gtkwave ${base}.gtkw, or surfer --command-file ${base}.sucl`);
  }
  const messages = info.log.filter((e) => e.kind !== "info").slice(-5);
  if (messages.length)
    lines.push(
      "  the design printed last:",
      ...messages.map((e) => `    ${e.time} ns ${e.kind === "display" ? "" : `$${e.kind} `}${e.text}`),
    );
  const before = error.message;
  const added = `${before}\n${lines.join("\n")}${notes}`;
  const { stack } = error;
  try {
    error.message = added;
    if (stack?.includes(before)) error.stack = stack.replace(before, () => added);
  } catch {
    // A frozen error keeps its own message; the circumstances are attached below where that is possible.
  }
  try {
    Object.defineProperty(error, FAILURE, { value: info, configurable: true });
  } catch {
    // Frozen as well.
  }
}

async function attempt<T, P extends string>(
  model: RunnableModel,
  design: Design<P>,
  options: RunOptions,
  bench: (tb: Tb<P>) => Promise<T>,
  extra: AttemptOptions,
): Promise<Attempt<T>> {
  const { seed } = extra;
  const specs = clocksOf(design);
  const setups: ClockSetup[] = specs.map((c, i) => {
    const period = picoseconds(c.period ?? 10);
    if (period < 2 || period >= 2 ** 32)
      throw new RangeError(`clock ${c.name}: a period of ${c.period} ns is out of range`);
    return {
      port: model.clocks[i]!,
      period,
      firstRise: c.phase === undefined ? Math.ceil(period / 2) : picoseconds(c.phase),
    };
  });
  const maxCycles = Math.min(options.maxCycles ?? 1_000_000, 0xffffffff);
  const prepare = (memory: Uint32Array) => {
    const map = layOut(memory, model.ports, setups, maxCycles);
    if (extra.waves) {
      memory[H.DUMP_FROM] = extra.waves.from;
      memory[H.DUMP_TO] = extra.waves.to;
    }
    return map;
  };

  let map!: ReturnType<typeof layOut>;
  const backend = await model.open({
    prepare: (memory) => {
      map = prepare(memory);
    },
    initSeed: extra.initSeed,
    waves: extra.waves?.path,
  });

  let coverageFile: string | undefined;
  if (options.coverage !== undefined) {
    const dir = resolve(options.coverage);
    makeFolder(dir);
    const stem = (options.name ?? design.top).replace(/[^\w.-]+/g, "_").slice(0, 80);
    coverageFile = join(dir, `${stem}-${seed}-${extra.initSeed}`);
    // From the random initial state to the first values nothing has toggled; hdlCoverage takes its lines alone.
    backend.writeCoverage(`${coverageFile}.start.dat`);
  }
  const context: SignalContext = { memory: backend.memory, mask: backend.memory[H.MASK]!, readOnly: false };
  const signals = model.ports.map(
    (p, i) => new Signal(p, map.offsets[i]!, context, p.direction === "input" && !model.clocks.includes(i)),
  );
  const scheduler = new Scheduler(
    backend,
    specs.map((c) => c.name),
    context,
  );
  scheduler.sites = extra.sites;
  if (options.onError === "log") scheduler.tolerate.add(STATUS.STOP).add(STATUS.ERROR);
  if (options.onFinish === "end") scheduler.tolerate.add(STATUS.FINISH);
  if (options.onLog) scheduler.onLog = options.onLog;
  const rand = new Rand(seed);
  let arena = map.arena;
  const messages: Message[] = [];
  const least = LOG_LEVELS.indexOf(options.logLevel ?? logLevel());
  const host: AgentHost = {
    scheduler,
    ports: model.ports,
    offsets: map.offsets,
    top: design.top,
    rand,
    driven: new Map(),
    allocate(words) {
      const at = arena;
      arena += words;
      if (arena > backend.memory.length)
        throw new RangeError("the streams of this run need more memory than a run has");
      return at;
    },
    violation: (e) => scheduler.fail(e),
    message(m) {
      if (LOG_LEVELS.indexOf(m.level) < least) return;
      messages.push(m);
      // A run that is repeated for its waves has said everything already.
      if (!extra.sites) console.log(messageLine(m));
    },
  };
  const internals = new Internals(backend, design.top, context, host.allocate, (e) => scheduler.fail(e));
  const clocks = specs.map((c, i) => new Clock(scheduler, i, c.name, c.period ?? 10));
  const tb = new Tb<P>(host, makeDut(signals, internals) as Tb<P>["dut"], clocks, rand, extra.initRun);
  try {
    const value = await scheduler.run(() => bench(tb));
    if (!scheduler.failure) scheduler.finish();
    const info: RunFailure = {
      sim: options.sim,
      seed,
      cycle: scheduler.cycles(),
      time: scheduler.now / 1000,
      task: scheduler.failure?.task,
      log: scheduler.log,
      messages,
      ...(SIMULATORS[options.sim].startsWithX ? {} : { initSeed: extra.initSeed }),
    };
    const { finished } = scheduler;
    if (coverageFile) backend.writeCoverage(`${coverageFile}.dat`);
    const error = scheduler.failure?.error;
    if (extra.waves) {
      const streams = error ? failingStreams(error, scheduler) : [];
      if (error && extra.coast && !(error instanceof SimulatorDied)) scheduler.coast(extra.waves.to + 1);
      // The file is whole when the simulator has closed it.
      await backend.close();
      if (existsSync(extra.waves.path)) {
        info.waves = extra.waves.path;
        const clockNames = specs.map((c) => c.name);
        writeSaveFiles({
          vcd: extra.waves.path,
          top: design.top,
          ports: model.ports,
          clocks: clockNames,
          streams,
          time: info.time,
        });
      }
    }
    return { value, error, info, finished };
  } finally {
    retire(context);
    await backend.close();
  }
}
