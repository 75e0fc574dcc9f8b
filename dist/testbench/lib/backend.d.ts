import type { Port } from "./design.js";
import type { SimulatorName } from "./simulators.js";
/** What the simulated design printed or did that is not a port: in the order in which it happened. */
export interface LogEntry {
    /** Nanoseconds of simulated time. */
    time: number;
    kind: "display" | "info" | "warning" | "error" | "fatal" | "stop" | "finish";
    text: string;
    file?: string;
    line?: number;
    scope?: string;
}
/** A running simulator with the memory that it shares with the bench. */
export interface Backend {
    readonly sim: SimulatorName;
    readonly memory: Uint32Array;
    /** Runs until the bench is wanted. Throws when the simulator has died. */
    run(): void;
    /** Log entries since the last call. */
    takeLog(): LogEntry[];
    /** Lets the last clock edge take effect and collects what it prints. */
    finish(): void;
    /** Frees everything; the memory must not be used afterwards. */
    close(): Promise<void>;
}
/** A design compiled for a simulator. */
export interface Model {
    ports: Port[];
    /** Index into `ports` of each clock. */
    clocks: number[];
}
/** How an instance of a model starts. */
export interface Start {
    /** Lays out the header of the memory; called once, before anything runs. */
    prepare(memory: Uint32Array): void;
    /** Seed of the random initial state, where the simulator has one. */
    initSeed: number;
    /** Path of the waves. */
    waves?: string | undefined;
}
export interface ClockSetup {
    /** Index into the ports. */
    port: number;
    /** Picoseconds. */
    period: number;
    firstRise: number;
}
export interface MemoryMap {
    /** Offset in words of each port's value. */
    offsets: number[];
    /** First word that agents may use for their queues. */
    arena: number;
}
/** Writes the header of a fresh memory and says where everything is. */
export declare function layOut(memory: Uint32Array, ports: readonly Port[], clocks: readonly ClockSetup[], maxCycles: number): MemoryMap;
/** Words of the shared memory: address space, of which only what is used takes memory. */
export declare const MEMORY_WORDS: number;
