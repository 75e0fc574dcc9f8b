import type { Port } from "./design.ts";
import { AGENT_WORDS, C, CLOCK_WORDS, H, MAX_AGENTS, wordsOf } from "./layout.ts";

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
  /** Its simulator's name, a key of SIMULATORS. */
  readonly sim: string;
  readonly memory: Uint32Array;
  /** Runs until the bench is wanted. Throws when the simulator has died. */
  run(): void;
  /** What the design has at a path below its top module, `u_core.state`; undefined for nothing. */
  find(path: string): Found | undefined;
  /** Names of what a scope holds; of the top module with "". */
  names(path: string): readonly string[];
  /** Lets the simulator do a COMMAND on an internal signal, with the words at H.ARGUMENT. */
  command(what: number): void;
  /** Writes the line and toggle coverage since the last call to a file; false where the model does not count it. */
  writeCoverage(file: string): boolean;
  /** Log entries since the last call. */
  takeLog(): LogEntry[];
  /** Lets the last clock edge take effect and collects what it prints. */
  finish(): void;
  /** Frees everything; the memory must not be used afterwards. */
  close(): Promise<void>;
}

/** What a model lets a bench do inside the design. */
export interface Access {
  /** Internal signals can be read and written. */
  internals: boolean;
  /** Names of variables that can be forced besides; "*" where all can. */
  force: readonly string[];
}
export const NO_ACCESS: Access = { internals: false, force: [] };

/** A bench asked for what its model was not built for: `run` builds it and starts the bench again. */
export class MoreAccess extends Error {
  readonly access: Access;
  constructor(access: Access) {
    super("the bench starts again on a model that shows internal signals");
    this.name = "MoreAccess";
    this.access = access;
  }
}

export type Found =
  | { kind: "scope" }
  | {
      kind: "signal";
      id: number;
      /** Bits of an element. */
      width: number;
      /** Declared bounds of each unpacked dimension; none for a plain signal. */
      dims: readonly (readonly [number, number])[];
      constant: boolean;
      forceable: boolean;
    };

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
export function layOut(
  memory: Uint32Array,
  ports: readonly Port[],
  clocks: readonly ClockSetup[],
  maxCycles: number,
): MemoryMap {
  let at: number = H.PORTS;
  const offsets = ports.map((p) => {
    const o = at;
    at += wordsOf(p.width);
    return o;
  });
  memory[H.MASK] = at - H.PORTS;
  memory[H.AGENT_BASE] = at + (at - H.PORTS);
  const arena = memory[H.AGENT_BASE]! + AGENT_WORDS * MAX_AGENTS;
  memory[H.WORDS] = memory.length;
  memory[H.MAX_CYCLES] = maxCycles;
  memory[H.CLOCKS] = clocks.length;
  memory[H.DUMP_TO] = 0xffffffff;
  clocks.forEach((c, i) => {
    const base = H.CLOCK_TABLE + i * CLOCK_WORDS;
    memory[base + C.PORT] = offsets[c.port]!;
    memory[base + C.PERIOD] = c.period;
    memory[base + C.FIRST_RISE] = c.firstRise;
  });
  return { offsets, arena };
}

/** Words of the shared memory: address space, of which only what is used takes memory. */
export const MEMORY_WORDS = 16 * 1024 * 1024;
