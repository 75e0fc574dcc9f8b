import type { Backend, LogEntry } from "./backend.js";
import type { SignalContext } from "./signals.js";
/** Thrown inside a task that was killed, so that its `finally` blocks run. */
export declare class TaskKilled extends Error {
    constructor(name: string);
}
/** Somebody who waits, and for what. */
export declare class Waiter {
    readonly task: Task<unknown>;
    readonly what: () => string;
    /** Where in the bench, when sites are recorded. */
    readonly site: string;
    readonly promise: Promise<unknown>;
    done: boolean;
    value: unknown;
    error: Error | undefined;
    /** The list that holds the waiter, unless `remove` knows better. */
    list: Waiter[] | undefined;
    remove: (() => void) | undefined;
    resolve: (value: unknown) => void;
    reject: (error: Error) => void;
    constructor(task: Task<unknown>, what: () => string, site: string);
    /** Takes the waiter out of whatever holds it. */
    cancel(): void;
}
/** A function of the bench that runs beside others. */
export declare class Task<T> {
    #private;
    readonly name: string;
    readonly site: string;
    state: "running" | "finished" | "failed" | "killed";
    /** Those who join. */
    readonly joiners: Waiter[];
    waiting: Waiter | undefined;
    constructor(scheduler: Scheduler, name: string, site: string);
    get done(): boolean;
    /** What the task returned; undefined until then. */
    get result(): T | undefined;
    /** Waits for the end of the task; its value, or undefined when it was killed. */
    join(): Promise<T | undefined>;
    /** Ends the task where it waits: its `finally` blocks run, nothing else. */
    kill(): void;
    /** For the scheduler. */
    finish(value: T): void;
}
interface Polled {
    waiter: Waiter;
    predicate: () => unknown;
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
}
export interface Failure {
    error: Error;
    task: string | undefined;
}
/** Moves simulated time on whenever every task of the bench waits, and wakes tasks in the order in which they waited. */
export declare class Scheduler {
    #private;
    readonly backend: Backend;
    readonly memory: Uint32Array;
    readonly clocks: ClockState[];
    readonly log: LogEntry[];
    readonly agents: AgentHandle[];
    readonly tasks: Set<Task<unknown>>;
    failure: Failure | undefined;
    /** Recording where each wait is written costs microseconds: only when a failed run is repeated. */
    sites: boolean;
    onLog: ((entry: LogEntry) => void) | undefined;
    readonly main: Task<unknown>;
    constructor(backend: Backend, clockNames: readonly string[], context: SignalContext);
    /** Rising edges of a clock so far. */
    cycles(clock?: number): number;
    /** Picoseconds since the start. */
    get now(): number;
    get current(): Task<unknown>;
    /** A promise for the present task, put into `list`; whoever takes it from there passes it to `wake`. */
    wait<T>(what: () => string, list: Waiter[]): Promise<T>;
    rising(clock: number): Promise<void>;
    falling(clock: number): Promise<void>;
    timer(ps: number): Promise<void>;
    settled(): Promise<void>;
    until(clock: number, predicate: () => unknown, text: string): Promise<void>;
    /** Gives up waits that are no longer needed. */
    abandon(promises: readonly unknown[]): void;
    /** Lets a waiter go on; it runs before time moves. */
    wake(w: Waiter, value?: unknown): void;
    wakeAll(list: Waiter[], value?: unknown): void;
    start<T>(work: () => Promise<T> | T, name?: string): Task<T>;
    launch<T>(task: Task<T>, work: () => Promise<T> | T): void;
    fail(e: unknown, task?: string): void;
    /** Runs `work` as the main task until it ends or anything fails. Never rejects: look at `failure`. */
    run<T>(work: () => Promise<T>): Promise<T | undefined>;
    serviceAgents(): void;
    /** Lets the simulation go on without the bench until `cycle` of the first clock, for waves behind a failure. */
    coast(cycle: number): void;
    /** Collects what the last edge printed, and its failure if there is one. */
    finish(): void;
    /** The design has called $finish, and that is no failure. */
    finished: boolean;
    /** Statuses that are no failure. */
    tolerate: Set<number>;
    /** What every task and every stream was waiting for. */
    hangReport(): string;
}
/** First line of the call stack that is not the library's own. */
export declare function callSite(): string;
/** The run reached `maxCycles`. */
export declare class HangError extends Error {
    readonly report: string;
    constructor(cycles: number, report: string);
}
/** The design itself ended the run: $error, $fatal, $stop or $finish. */
export declare class DesignStopped extends Error {
    readonly entry: LogEntry | undefined;
    readonly status: number;
    constructor(entry: LogEntry | undefined, status: number);
}
export {};
