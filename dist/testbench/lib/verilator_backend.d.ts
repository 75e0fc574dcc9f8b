import { type Backend, type LogEntry, type Start } from "./backend.js";
import type { VerilatorModel } from "./build/verilator.js";
/** Starts an instance of a model. */
export declare function openVerilator(model: VerilatorModel, { prepare, initSeed, waves }: Start): Backend;
/** Entries of the native log: `kind time bytes`, a new line, then the text. */
export declare function parseLog(text: string): LogEntry[];
