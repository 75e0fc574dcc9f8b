import type { Port } from "./design.js";
import { type Scheduler } from "./scheduler.js";
/** A variable of a VCD: `path` from the outermost scope with dots, and its range as `[7:0]` or nothing. */
export interface VcdVariable {
    path: string;
    range: string;
}
/** The variables that a VCD declares, in their order. */
export declare function vcdVariables(header: string): VcdVariable[];
/** The streams that an error is about: its own, those that wait at a hang, otherwise those that moved in its clock. */
export declare function failingStreams(error: Error, scheduler: Scheduler): string[];
export interface SaveFileOptions {
    vcd: string;
    top: string;
    ports: readonly Port[];
    /** Names of the clocks. */
    clocks: readonly string[];
    /** Prefixes of the streams that come first. */
    streams: readonly string[];
    /** Nanoseconds of the failure, where the cursor is put; the VCD counts picoseconds. */
    time: number;
}
/** Save file of GTKWave: the marker is at the failure. */
export declare function gtkwaveFile(options: SaveFileOptions, variables: readonly VcdVariable[]): string;
/** Command file of Surfer: the cursor is at the failure. */
export declare function surferFile(options: SaveFileOptions, variables: readonly VcdVariable[]): string;
/** Writes the save files of both viewers beside the VCD. */
export declare function writeSaveFiles(options: SaveFileOptions): void;
