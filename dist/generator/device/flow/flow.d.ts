import type { Target } from "../../targets/index.js";
import { type ToolFiles, type ToolOptions } from "./tools.js";
export interface Netlist {
    /** Yosys' JSON, one flat module. */
    readonly json: string;
    readonly verilog: string;
    readonly log: string;
    readonly tool: string;
    readonly seconds: number;
}
export interface SynthOptions extends ToolOptions {
    /** Multipliers may become DSP blocks. */
    readonly dsp: boolean;
    /** Only cells that have simulation models. */
    readonly modelled?: boolean;
    /** More commands between reading and synthesis. */
    readonly prepare?: readonly string[];
}
/** Synthesizes `top` from `sources` (paths among `files`) for a target's family. */
export declare function synthesize(files: ToolFiles, sources: readonly string[], top: string, target: Target, options: SynthOptions): Promise<Netlist>;
export interface Placed {
    /** nextpnr's JSON report. */
    readonly report: string;
    /** Bitstream and what it was made from, by file name. */
    readonly files: ReadonlyMap<string, Uint8Array>;
    readonly bitstream: string;
    readonly log: string;
    readonly tool: string;
    readonly seconds: number;
}
export interface PlaceOptions extends ToolOptions {
    /** Clock to aim at in MHz. */
    readonly MHz: number;
    readonly seed: number;
}
/** What keeps this target from being placed here, in words; undefined where nothing does. */
export declare function whyNotPlaced(target: Target): string | undefined;
/** Places, routes and packs a netlist of a board's top; `constraint` is its constraint file. */
export declare function place(top: string, json: string, constraint: {
    readonly path: string;
    readonly text: string;
}, target: Target, options: PlaceOptions): Promise<Placed>;
