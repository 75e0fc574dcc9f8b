import type { QuantizedNetwork } from "../../generator/ir/quantized.js";
import type { IntTensor } from "../../generator/ir/tensor.js";
import type { Place } from "./place.js";
import type { Program } from "./program.js";
import type { Values } from "./step.js";
/** Bytes that a frame occupies while a batch is under way. */
export declare const frameCost: (program: Program, kept: readonly Place[]) => number;
/** Whether every step of the program is a kernel: workers have nothing else. */
export declare const isParallel: (program: Program) => boolean;
export interface ParallelResult {
    /** Entry n belongs to image n and has one array a place of `kept`. */
    readonly tensors: Values[][];
    /** How many of the frames the workers computed. */
    readonly byWorkers: number;
}
/**
 * The kept tensors of every image, in order.
 * @param program made for `net`, with kernels only (see isParallel)
 * @param threads how many work, the caller included
 * @throws RangeError where an image or a result leaves the range that its edge declares
 */
export declare function runParallel(net: QuantizedNetwork, program: Program, images: readonly IntTensor[], kept: readonly Place[], threads: number, onProgress?: (done: number) => void): ParallelResult;
