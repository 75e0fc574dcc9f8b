import { type LogEntry } from "./backend.js";
import { type Design, type Port } from "./design.js";
import { type SimulatorName } from "./simulators.js";
import { Tb } from "./tb.js";
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
    waveWindow?: {
        before?: number;
        after?: number;
    };
    /** Folder for waves; `.cache/waves` of the working directory by default. */
    waveDir?: string;
    /** What $error of the design does: `fail` (default) or only `log`. */
    onError?: "fail" | "log";
    /** What $finish of the design does to a bench that has not ended: `fail` (default) or `end` it without a value. */
    onFinish?: "fail" | "end";
    /** Called with every line that the design prints, as it comes, in each run of the bench. */
    onLog?: (entry: LogEntry) => void;
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
    waves?: string;
}
/** The circumstances of an error that `run` threw, undefined for any other. */
export declare const failureOf: (e: unknown) => RunFailure | undefined;
/** Builds the design for a simulator without running it, for instance in a global setup. Throws a BuildError. */
export declare function build(design: Design, sim: SimulatorName): Promise<{
    ports: Port[];
}>;
/**
 * Builds the design or finds it in the cache, simulates it and runs `bench` on it until the bench returns. Rejects
 * with the bench's own error, a ProtocolError, a ScoreboardError, a HangError at `maxCycles`, a DesignStopped for
 * $error, $fatal, $stop and $finish, or a BuildError; the message says seed, cycle and where the waves are.
 */
export declare function run<T, P extends string = string>(design: Design<P>, options: RunOptions, bench: (tb: Tb<P>) => Promise<T>): Promise<RunResult<T>>;
