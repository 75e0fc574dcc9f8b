import { z } from "zod";
import { type Console } from "./console.js";
import { type QuantizeArgs } from "./network.js";
export interface ExploreArgs extends QuantizeArgs {
    readonly target: string;
    readonly output?: string | undefined;
    readonly clock?: number | undefined;
    readonly kernel?: number | undefined;
    readonly dsp: boolean;
    readonly native: boolean;
    readonly synth: boolean;
    readonly points: number;
    readonly jobs?: number | undefined;
    readonly point?: string | undefined;
    readonly count: boolean;
    readonly list: boolean;
    readonly merge: boolean;
    readonly force: boolean;
}
declare const pointSchema: z.ZodObject<{
    key: z.ZodString;
    index: z.ZodInt;
    clocks: z.ZodInt;
    clocksPerFrame: z.ZodInt;
    framesPerSecond: z.ZodNumber;
    bottleneck: z.ZodString;
    estimate: z.ZodObject<{
        lut: z.ZodNumber;
        ff: z.ZodNumber;
        carry: z.ZodNumber;
        bram: z.ZodNumber;
        dsp: z.ZodNumber;
    }, z.core.$strict>;
    synthesized: z.ZodNullable<z.ZodObject<{
        lut: z.ZodNumber;
        ff: z.ZodNumber;
        carry: z.ZodNumber;
        bram: z.ZodNumber;
        dsp: z.ZodNumber;
    }, z.core.$strict>>;
    folds: z.ZodRecord<z.ZodString, z.ZodObject<{
        pe: z.ZodInt;
        simd: z.ZodInt;
        pixels: z.ZodOptional<z.ZodInt>;
    }, z.core.$strict>>;
    lacks: z.ZodArray<z.ZodString>;
}, z.core.$strict>;
export type ExploredPoint = z.output<typeof pointSchema>;
/** The point that a folder has, or why it has none: it is missing, damaged, or of another exploration. */
export declare function readPoint(folder: string, index: number, key: string): ExploredPoint | "missing" | "damaged" | "other";
/** Numbers of points as the command line gives them: 3 or 3,5 or 3-7. */
export declare function pointNumbers(text: string, count: number): number[];
/** Marks the points that no other one beats: none is as fast and takes no more of anything. */
export declare function frontier(points: readonly ExploredPoint[]): Set<number>;
export declare function exploreCommand(path: string, args: ExploreArgs, out: Console): Promise<void>;
export {};
