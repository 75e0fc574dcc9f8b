import { type CellSources } from "../../7-emit/emit.js";
import type { HwGraph } from "../../ir/hardware.js";
import type { Target } from "../../targets/target.js";
export interface BoardTop {
    readonly module: string;
    readonly file: string;
    /** The top and the cells that the accelerator does not bring, by path. */
    readonly files: ReadonlyMap<string, string>;
    readonly clocksPerBit: number;
    /** Clock of the accelerator, and where it comes from. */
    readonly MHz: number;
    readonly clockFrom: string;
    /** Bytes of an image on the line and of the answer to it. */
    readonly bytesIn: number;
    readonly bytesOut: number;
    /** Whether it holds primitives of the device, a PLL say, of which open tools have no model. */
    readonly primitives: boolean;
    /** Instances that belong to the board and not to a layer. */
    readonly instances: readonly string[];
}
/** The serial top; `present` are the paths that the build already has. @param most the fastest clock in MHz that it may run at. */
export declare function boardTop(g: HwGraph, target: Target, most: number, cells: CellSources, present: Iterable<string>): BoardTop;
