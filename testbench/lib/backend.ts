import type { Port } from "./design.ts";
import { AGENT_WORDS, C, CLOCK_WORDS, H, MAX_AGENTS, wordsOf } from "./layout.ts";
import type { SimulatorName } from "./simulators.ts";

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
