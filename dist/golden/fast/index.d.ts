import type { QuantizedNetwork } from "../../generator/ir/quantized.js";
import type { IntTensor } from "../../generator/ir/tensor.js";
export { createRunner, type Runner } from "./runner.js";
export interface BatchOptions {
    /** Tensors to return; the network's outputs where absent. Accumulators bear the name `n.acc`. */
    readonly keep?: readonly string[] | undefined;
    /** Called now and then with the number of images done, at last with all of them. */
    readonly onProgress?: ((done: number) => void) | undefined;
    /** Threads that work. Absent: as many as there are cores, or one where the work is not worth more. */
    readonly threads?: number | undefined;
}
/** The asked tensors of many images: for each name one tensor an image, in the images' order. Equal to runInteger. */
export declare function runBatch(net: QuantizedNetwork, images: Iterable<IntTensor>, opts?: BatchOptions): Map<string, IntTensor[]>;
/**
 * The class of one output tensor: its only value (an argmax head), or the index of its largest, the lowest on a tie.
 */
export declare const classOf: (output: {
    readonly data: ArrayLike<number>;
}) => number;
/** Share of images whose class (see classOf) by the network's first output is their label, from 0 to 1. */
export declare function accuracy(net: QuantizedNetwork, images: Iterable<IntTensor>, labels: ArrayLike<number>, opts?: Pick<BatchOptions, "onProgress" | "threads">): number;
