import type { LogEntry } from "./backend.js";
import { type Port } from "./design.js";
import type { Rand } from "./rand.js";
import type { Scheduler, Task } from "./scheduler.js";
import type { Dut, Signal } from "./signals.js";
import type { SimulatorName } from "./simulators.js";
/** A clock that the library drives. */
export declare class Clock {
    #private;
    readonly name: string;
    /** Nanoseconds. */
    readonly period: number;
    readonly index: number;
    constructor(scheduler: Scheduler, index: number, name: string, period: number);
    /** Rising edges so far. */
    get cycle(): number;
    /** The next rising edge: outputs read as registers see them at it, what is written reaches the design after it. */
    rising(): Promise<void>;
    /** The next falling edge. */
    falling(): Promise<void>;
    /** `n` rising edges. */
    cycles(n: number): Promise<void>;
    /** The first rising edge at which `predicate` holds. */
    until(predicate: () => unknown): Promise<void>;
    /** Calls `work` at every rising edge, before any task wakes up; the result ends it. */
    onEdge(work: () => void): () => void;
}
/** Thrown by `withTimeout`. */
export declare class TimeoutError extends Error {
    constructor(ns: number);
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
}
/** What agents are made on: the design's ports, its clocks, triggers, tasks and random numbers. `Tb` adds the agents. */
export declare class Bench<P extends string = string> {
    #private;
    readonly dut: Dut<P>;
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
    /** Made by `run`. */
    constructor(host: AgentHost, dut: Dut<P>, clocks: readonly Clock[], rand: Rand, initRun?: number);
    /** Rising edges of the first clock so far. */
    get cycle(): number;
    /** Simulated time in nanoseconds. */
    get time(): number;
    /** What the design has printed so far. */
    get log(): readonly LogEntry[];
    /** A port by a name that is computed. Throws a TypeError when there is none. */
    signal(name: string): Signal;
    /** The next rising edge of the first clock. */
    rising(): Promise<void>;
    /** The next falling edge of the first clock. */
    falling(): Promise<void>;
    /** `n` rising edges of the first clock. */
    cycles(n: number): Promise<void>;
    /** `ns` nanoseconds. */
    timer(ns: number): Promise<void>;
    /** The first rising edge of the first clock at which `predicate` holds. */
    until(predicate: () => unknown): Promise<void>;
    /** Everything has settled after the present edge and writes; nothing may be written until time has moved on. */
    readOnly(): Promise<void>;
    /** The first of several triggers, tasks or promises; triggers that lose are given up. */
    first<T extends readonly unknown[]>(...of: T): Promise<Awaited<T[number]>>;
    /** All of several triggers, tasks or promises. */
    all<T extends readonly unknown[]>(...of: T): Promise<unknown[]>;
    /** The promise's value. Throws a TimeoutError when it does not come within `ns` nanoseconds. */
    withTimeout<T>(promise: Promise<T> | Task<T>, ns: number): Promise<T | undefined>;
    /** Runs `work` beside the bench. An exception in it fails the run at once. */
    start<T>(work: () => Promise<T> | T, name?: string): Task<T>;
    kill(task: Task<unknown>): void;
    join<T>(task: Task<T>): Promise<T | undefined>;
    /** Holds an active-high reset for `cycles` clocks; stream agents are idle meanwhile, and X is looked for afterwards. */
    reset(signal: Signal, options?: {
        cycles?: number;
        active?: 0 | 1;
    }): Promise<void>;
    /** True while `reset` holds the reset: agents are idle then. */
    get inReset(): boolean;
    /** True when the design has a port of this name; for the optional signals of a bus. */
    hasPort(name: string): boolean;
    /**
     * The ports `<prefix>_<name>` of a bus. Throws a TypeError that names `who` and the missing port, or the driver that a
     * port in `drives` has already.
     */
    bus<R extends string, O extends string = never>(who: string, prefix: string, ports: BusPorts<R, O>): Bus<R, O>;
    /** Notes that `who` drives an input. Throws a TypeError when it is none or has another driver. */
    claim(signal: Signal, who: string): void;
    /** Fails the run with an error, wherever it is called. */
    fail(error: Error): void;
}
/** Names of a bus's ports without prefix; `drives` are those that the agent drives, of either kind. */
export interface BusPorts<R extends string, O extends string> {
    required: readonly R[];
    optional?: readonly O[];
    drives: readonly (R | O)[];
}
export type Bus<R extends string, O extends string> = Readonly<Record<R, Signal> & Partial<Record<O, Signal>>>;
