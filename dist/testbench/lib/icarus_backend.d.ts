import { type Backend, type LogEntry, type Start } from "./backend.js";
import type { IcarusModel } from "./build/icarus.js";
/** The simulator ended before the bench did. */
export declare class SimulatorDied extends Error {
    constructor(how: string, output: string);
}
/** Starts vvp on a model. */
export declare function openIcarus(model: IcarusModel, { prepare, waves }: Start): Promise<Backend>;
/** Takes the simulator's output apart: \x01…\x02 are the VPI module's marks, all else is the design's. */
export declare class LogParser {
    #private;
    take(text: string): LogEntry[];
}
