import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { layOut } from "./backend.js";
import { Clock } from "./bench.js";
import { clocksOf, picoseconds } from "./design.js";
import { SimulatorDied } from "./icarus_backend.js";
import { H, STATUS } from "./layout.js";
import { globalSeed, hash32, Rand, seedFor } from "./rand.js";
import { HangError, Scheduler } from "./scheduler.js";
import { makeDut, retire, Signal } from "./signals.js";
import { SIMULATORS } from "./simulators.js";
import { Tb } from "./tb.js";
import { failingStreams, writeSaveFiles } from "./waves.js";
const FAILURE = Symbol.for("addernet-rtl.testbench.failure");
/** The circumstances of an error that `run` threw, undefined for any other. */
export const failureOf = (e) => e?.[FAILURE];
// The second initial state that nobody chose follows from the seed like the first.
function initSeedsOf({ sim, initSeeds }, seed) {
    if (initSeeds && "reason" in initSeeds) {
        if (!initSeeds.reason.trim())
            throw new TypeError("initSeeds: a single initial state needs its reason");
        return [(initSeeds.seed ?? seed) >>> 0];
    }
    const seeds = (initSeeds ?? [seed, hash32(`${seed}/initial state`)]).map((s) => s >>> 0);
    if (new Set(seeds).size < 2)
        throw new TypeError(`initSeeds: ${JSON.stringify(initSeeds)} is a single initial state; give two seeds, or { reason } why one is enough`);
    return SIMULATORS[sim].startsWithX ? [seed] : seeds;
}
/** Builds the design for a simulator without running it, for instance in a global setup. Throws a BuildError. */
export async function build(design, sim) {
    return { ports: (await SIMULATORS[sim].build(design, { waves: false })).ports };
}
/**
 * Builds the design or finds it in the cache, simulates it and runs `bench` on it until the bench returns. Rejects
 * with the bench's own error, a ProtocolError, a ScoreboardError, a HangError at `maxCycles`, a DesignStopped for
 * $error, $fatal, $stop and $finish, or a BuildError; the message says seed, cycle and where the waves are.
 */
export async function run(design, options, bench) {
    const name = options.name ?? design.top;
    const seed = (options.seed ?? seedFor(name)) >>> 0;
    const waves = options.waves ?? "onfail";
    const always = waves === "always";
    const wavePath = () => {
        const dir = resolve(options.waveDir ?? join(".cache", "waves"));
        mkdirSync(dir, { recursive: true });
        return join(dir, `${name.replace(/[^\w.-]+/g, "_").slice(0, 80)}-${options.sim}-${seed}.vcd`);
    };
    const initSeeds = initSeedsOf(options, seed);
    const simulator = SIMULATORS[options.sim];
    const model = await simulator.build(design, { waves: always });
    let result;
    for (const [initRun, initSeed] of initSeeds.entries()) {
        const which = { seed, initSeed, initRun };
        const shown = always && initRun === 0 ? { waves: { path: wavePath(), from: 0, to: 0xffffffff } } : {};
        const first = await attempt(model, design, options, bench, { ...which, ...shown, sites: false });
        const { info, error } = first;
        if (error) {
            const notes = waves === "onfail" ? await repeat(design, options, bench, which, first, wavePath) : "";
            // A repeated hang knows more about it.
            const failure = first.error ?? error;
            decorate(failure, name, options, info, notes);
            throw failure;
        }
        result ??= {
            value: first.value,
            cycles: info.cycle,
            time: info.time,
            seed,
            sim: options.sim,
            initSeeds: simulator.startsWithX ? [] : initSeeds,
            log: info.log,
            finished: first.finished,
            ...(info.waves ? { waves: info.waves } : {}),
        };
    }
    return result;
}
/** Runs a failed bench again with the same seeds for waves around the failing clock; says what should be known of it. */
async function repeat(design, options, bench, which, failed, wavePath) {
    const { cycle } = failed.info;
    try {
        const model = await SIMULATORS[options.sim].build(design, { waves: true });
        const from = Math.max(0, cycle - (options.waveWindow?.before ?? 200));
        const to = cycle + (options.waveWindow?.after ?? 4);
        const waves = { path: wavePath(), from, to };
        const { info, error } = await attempt(model, design, options, bench, { ...which, waves, coast: true, sites: true });
        if (info.waves)
            failed.info.waves = info.waves;
        if (!error)
            return "\n  repeated with the same seed it passed: the bench depends on something besides its seed";
        if (error instanceof HangError && failed.error instanceof HangError)
            failed.error = error;
        return "";
    }
    catch (e) {
        return `\n  it could not be repeated for waves: ${e.message}`;
    }
}
function decorate(error, name, options, info, notes) {
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
    const said = info.log.filter((e) => e.kind !== "info").slice(-5);
    if (said.length)
        lines.push("  the design printed last:", ...said.map((e) => `    ${e.time} ns ${e.kind === "display" ? "" : `$${e.kind} `}${e.text}`));
    const before = error.message;
    const added = `${before}\n${lines.join("\n")}${notes}`;
    const { stack } = error;
    try {
        error.message = added;
        if (stack?.includes(before))
            error.stack = stack.replace(before, () => added);
    }
    catch {
        // A frozen error keeps its own message; the circumstances are attached below where that is possible.
    }
    try {
        Object.defineProperty(error, FAILURE, { value: info, configurable: true });
    }
    catch {
        // Frozen as well.
    }
}
async function attempt(model, design, options, bench, extra) {
    const { seed } = extra;
    const specs = clocksOf(design);
    const setups = specs.map((c, i) => {
        const period = picoseconds(c.period ?? 10);
        if (period < 2 || period >= 2 ** 32)
            throw new RangeError(`clock ${c.name}: a period of ${c.period} ns is out of range`);
        return {
            port: model.clocks[i],
            period,
            firstRise: c.phase === undefined ? Math.ceil(period / 2) : picoseconds(c.phase),
        };
    });
    const maxCycles = Math.min(options.maxCycles ?? 1_000_000, 0xffffffff);
    const prepare = (memory) => {
        const map = layOut(memory, model.ports, setups, maxCycles);
        if (extra.waves) {
            memory[H.DUMP_FROM] = extra.waves.from;
            memory[H.DUMP_TO] = extra.waves.to;
        }
        return map;
    };
    let map;
    const backend = await model.open({
        prepare: (memory) => {
            map = prepare(memory);
        },
        initSeed: extra.initSeed,
        waves: extra.waves?.path,
    });
    const context = { memory: backend.memory, mask: backend.memory[H.MASK], readOnly: false };
    const signals = model.ports.map((p, i) => new Signal(p, map.offsets[i], context, p.direction === "input" && !model.clocks.includes(i)));
    const scheduler = new Scheduler(backend, specs.map((c) => c.name), context);
    scheduler.sites = extra.sites;
    if (options.onError === "log")
        scheduler.tolerate.add(STATUS.STOP).add(STATUS.ERROR);
    if (options.onFinish === "end")
        scheduler.tolerate.add(STATUS.FINISH);
    if (options.onLog)
        scheduler.onLog = options.onLog;
    const rand = new Rand(seed);
    let arena = map.arena;
    const host = {
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
    const tb = new Tb(host, makeDut(signals, design.top), clocks, rand, extra.initRun);
    try {
        const value = await scheduler.run(() => bench(tb));
        if (!scheduler.failure)
            scheduler.finish();
        const info = {
            sim: options.sim,
            seed,
            cycle: scheduler.cycles(),
            time: scheduler.now / 1000,
            task: scheduler.failure?.task,
            log: scheduler.log,
            ...(SIMULATORS[options.sim].startsWithX ? {} : { initSeed: extra.initSeed }),
        };
        const { finished } = scheduler;
        const error = scheduler.failure?.error;
        if (extra.waves) {
            const streams = error ? failingStreams(error, scheduler) : [];
            if (error && extra.coast && !(error instanceof SimulatorDied))
                scheduler.coast(extra.waves.to + 1);
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
    }
    finally {
        retire(context);
        await backend.close();
    }
}
