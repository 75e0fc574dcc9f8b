import { Report } from "../diagnostics/diagnostics.js";
import type { QuantizedNetwork, QuantizedNode } from "../ir/quantized.js";
import { type Fold, type FoldPlan, type NodeTypes } from "../ops/define.js";
export interface ScheduleOptions {
    /** Frames per second to reach, at `clockMHz`. Absent: the default rate, lowered to what the network can reach. */
    readonly fps?: number | undefined;
    readonly clockMHz: number;
    /** Clocks a frame may take, in place of a rate; what does not reach them is as fast as it can be. */
    readonly clocks?: number | undefined;
    /** Whether a beat may hold several pixels; absent: for a rate that was asked for, not for the default one. */
    readonly severalPixels?: boolean | undefined;
    /** Price of a node under a fold behind streams of so many lanes; absent: lanes decide. */
    readonly price?: Price | undefined;
}
export type Price = (node: NodeSchedule, producers: readonly number[]) => number;
export declare const defaultSchedule: {
    readonly fps: 1000;
    readonly clockMHz: 100;
};
export interface NodeSchedule extends FoldPlan {
    readonly node: QuantizedNode;
    readonly types: NodeTypes;
    readonly fold: Fold;
}
export interface Schedule {
    readonly nodes: readonly NodeSchedule[];
    /** Lanes of the network's input stream. */
    readonly inputLanes: number;
    /** Clocks between frames. */
    readonly interval: number;
    readonly bottleneck: string;
    readonly clockMHz: number;
    /** Pixels that must find room in front of each input of a join, by node name. */
    readonly joinDepths: ReadonlyMap<string, readonly number[]>;
}
export declare const typesOf: (net: QuantizedNetwork, node: QuantizedNode) => NodeTypes;
export declare function schedule(net: QuantizedNetwork, options: ScheduleOptions, report: Report): Schedule | undefined;
