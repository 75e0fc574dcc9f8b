import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { AxisHost } from "./axis_port.ts";
import { type Backend, type ClockSetup, type LogEntry, layOut, MEMORY_WORDS } from "./backend.ts";
import { buildIcarus, type IcarusModel } from "./build/icarus.ts";
import { buildVerilator, type VerilatorModel } from "./build/verilator.ts";
import { clocksOf, type Design, picoseconds } from "./design.ts";
import { openIcarus } from "./icarus_backend.ts";
import { H, STATUS } from "./layout.ts";
import { Rand, seedFor } from "./rand.ts";
import { HangError, Scheduler } from "./scheduler.ts";
import { makeDut, retire, Signal, type SignalContext } from "./signals.ts";
import { Clock, Tb } from "./tb.ts";
import { openVerilator } from "./verilator_backend.ts";

export interface RunOptions {
  sim: "verilator" | "icarus";
  /** Seed of `tb.rand` and of all pauses; from the global seed and `name` by default. */
  seed?: number;
  /** Cycles of the first clock after which a bench that has not ended fails; a million by default. */
  maxCycles?: number;
  /** `onfail` (default) repeats a failing run with the same seed and writes waves around the failing clock. */
  waves?: "off" | "onfail" | "always";
  /** Name of the test: for the seed, messages and files; the design's name by default. */
  name?: string;
  /** Seed of the random initial state of registers in Verilator; from `seed` by default. */
  xSeed?: number;
  /** Clocks before and after the failing one that the waves show. 200 and 4 by default. */
  waveWindow?: { before?: number; after?: number };
  /** Folder for waves; `.cache/waves` of the working directory by default. */
  waveDir?: string;
  /** What $error of the design does: `fail` (default) or only `log`. */
  onError?: "fail" | "log";
  /** What $finish of the design does to a bench that has not ended: `fail` (default) or `end` it without a value. */
  onFinish?: "fail" | "end";
  /** Called with every line that the design prints, as it comes. */
  onLog?: (entry: LogEntry) => void;
  /** Extra arguments for the simulation, without the leading plus sign, for `$value$plusargs`. Icarus and Verilator. */
  plusargs?: readonly string[];
}

export interface RunResult<T> {
  value: T;
  /** Rising edges of the first clock. */
  cycles: number;
  /** Simulated nanoseconds. */
  time: number;
  seed: number;
  sim: "verilator" | "icarus";
  log: LogEntry[];
  /** The design called $finish before the bench ended, which `onFinish: "end"` allows. */
  finished: boolean;
  /** Path of the waves, when they were asked for. */
  waves?: string;
}

/** What `run` adds to whatever made it fail. */
export interface RunFailure {
  sim: "verilator" | "icarus";
  seed: number;
  cycle: number;
  /** Nanoseconds. */
  time: number;
  task: string | undefined;
  log: LogEntry[];
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
  waves?: { path: string; from: number; to: number };
  sites: boolean;
}

type Model = VerilatorModel | IcarusModel;

const buildModel = (design: Design, sim: "verilator" | "icarus", waves: boolean): Promise<Model> =>
  sim === "verilator" ? buildVerilator(design, waves) : buildIcarus(design);

/** Builds the design for a simulator without running it, for instance in a global setup. Throws a BuildError. */
export async function build(design: Design, sim: "verilator" | "icarus"): Promise<{ ports: VerilatorModel["ports"] }> {
  return { ports: (await buildModel(design, sim, false)).ports };
}

/**
 * Builds the design or finds it in the cache, simulates it and runs `bench` on it until the bench returns. Rejects
 * with the bench's own error, a ProtocolError, a ScoreboardError, a HangError at `maxCycles`, a DesignStopped for
 * $error, $fatal, $stop and $finish, or a BuildError; the message says seed, cycle and where the waves are.
 */
export async function run<T, P extends string = string>(
  design: Design<P>,
  options: RunOptions,
  bench: (tb: Tb<P>) => Promise<T>,
): Promise<RunResult<T>> {
  const name = options.name ?? design.top;
  const seed = (options.seed ?? seedFor(name)) >>> 0;
  const waves = options.waves ?? "onfail";
  const always = waves === "always";
  const wavePath = (): string => {
    const dir = resolve(options.waveDir ?? join(".cache", "waves"));
    mkdirSync(dir, { recursive: true });
    return join(dir, `${name.replace(/[^\w.-]+/g, "_").slice(0, 80)}-${options.sim}-${seed}.vcd`);
  };

  const model = await buildModel(design, options.sim, always && options.sim === "verilator");
  const first = await attempt(model, design, options, seed, bench, {
    sites: false,
    ...(always ? { waves: { path: wavePath(), from: 0, to: 0xffffffff } } : {}),
  });
  if (!first.error) {
    const { info } = first;
    return {
      value: first.value as T,
      cycles: info.cycle,
      time: info.time,
      seed,
      sim: options.sim,
      log: info.log,
      finished: first.finished,
      ...(info.waves ? { waves: info.waves } : {}),
    };
  }

  let notes = "";
  let error = first.error;
  if (waves === "onfail") {
    try {
      const again = await buildModel(design, options.sim, options.sim === "verilator");
      const from = Math.max(0, first.info.cycle - (options.waveWindow?.before ?? 200));
      const to = first.info.cycle + (options.waveWindow?.after ?? 4);
      const second = await attempt(again, design, options, seed, bench, {
        sites: true,
        waves: { path: wavePath(), from, to },
      });
      if (second.info.waves) first.info.waves = second.info.waves;
      if (!second.error)
        notes = "\n  repeated with the same seed it passed: the bench depends on something besides its seed";
      else if (second.error instanceof HangError && error instanceof HangError) error = second.error;
    } catch (e) {
      notes = `\n  it could not be repeated for waves: ${(e as Error).message}`;
    }
  } else if (first.info.waves) notes = "";
  decorate(error, name, first.info, notes);
  throw error;
}

function decorate(error: Error, name: string, info: RunFailure, notes: string): void {
  const lines = [
    `  ${name} on ${info.sim}: cycle ${info.cycle}, ${info.time} ns${info.task && info.task !== "main" ? `, task ${info.task}` : ""}, seed ${info.seed}`,
  ];
  if (info.waves) {
    lines.push(`  waves: ${info.waves}`);
  }
  const said = info.log.filter((e) => e.kind !== "info").slice(-5);
  if (said.length)
    lines.push(
      "  the design printed last:",
      ...said.map((e) => `    ${e.time} ns ${e.kind === "display" ? "" : `$${e.kind} `}${e.text}`),
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
  model: Model,
  design: Design<P>,
  options: RunOptions,
  seed: number,
  bench: (tb: Tb<P>) => Promise<T>,
  extra: AttemptOptions,
): Promise<Attempt<T>> {
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

  let backend: Backend;
  let map: ReturnType<typeof layOut>;
  if (model.sim === "verilator") {
    const memory = new Uint32Array(MEMORY_WORDS);
    map = prepare(memory);
    backend = openVerilator(model.library, memory, (options.xSeed ?? seed) >>> 0, extra.waves?.path);
  } else {
    let m: ReturnType<typeof layOut> | undefined;
    backend = await openIcarus(
      model,
      (memory) => {
        m = prepare(memory);
      },
      extra.waves?.path,
    );
    map = m!;
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
  const host: AxisHost = {
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
  };
  const clocks = specs.map((c, i) => new Clock(scheduler, i, c.name, c.period ?? 10));
  const tb = new Tb<P>(scheduler, host, context, makeDut(signals, design.top) as Tb<P>["dut"], clocks, rand);
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
    };
    if (extra.waves) {
      info.waves = extra.waves.path;
      writeSaveFile(extra.waves.path, model, info.time);
    }
    const { finished } = scheduler;
    return { value, error: scheduler.failure?.error, info, finished };
  } finally {
    retire(context);
    await backend.close();
  }
}

// The ports of the design, in their order, for GTKWave; the marker is at the end of the run.
function writeSaveFile(vcd: string, model: Model, ns: number): void {
  const lines = [
    `[dumpfile] "${vcd}"`,
    `[timestart] ${Math.max(0, Math.round(ns * 1000) - 200_000)}`,
    `*-16.0 ${Math.round(ns * 1000)}`,
  ];
  const root = model.sim === "verilator" ? "TOP.addernet_tb" : "addernet_tb";
  model.ports.forEach((p, i) => {
    lines.push("@22", `+{${p.name}} ${root}.p${i}${p.width > 1 ? `[${p.width - 1}:0]` : ""}`);
  });
  writeFileSync(vcd.replace(/\.vcd$/, ".gtkw"), `${lines.join("\n")}\n`);
}
