import type { QuantizedNetwork } from "../../generator/ir/quantized.js";
import type { EdgeType, IntTensor } from "../../generator/ir/tensor.js";
import { type Path, type Program } from "./program.js";
import type { Values } from "./step.js";
/** A network made ready for many frames. Its tensors live in the same arrays for every frame. */
export interface Runner {
    /** Computes one frame. Throws RangeError where the image or a result leaves the range that its edge declares. */
    run(image: IntTensor): void;
    /** The last frame's tensor: an edge's by its name, the accumulator of node n by `n.acc`. Copy it to keep it. */
    tensor(name: string): IntTensor;
}
/** A program on its own memory. */
export interface Machine {
    readonly memory: WebAssembly.Memory;
    /** One frame from the input's place to the tensors' places; throws RangeError where a result leaves its range. */
    readonly frame: () => void;
}
export declare function machineFor(program: Program): Machine;
/** Copies an image to where a program reads it; throws RangeError where it is not what the edge declares. */
export declare function storeImage(image: IntTensor, edge: EdgeType, name: string, to: Values): void;
/**
 * @param keep names of accumulators (`n.acc`) to fill, or "all"
 * @param path "loops" leaves the kernels out, for comparison
 */
export declare function createRunner(net: QuantizedNetwork, keep?: "all" | readonly string[], path?: Path): Runner;
