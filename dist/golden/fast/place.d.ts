import type { IntRange, Shape } from "../../generator/ir/tensor.js";
import type { Arena } from "./arena.js";
import type { Values } from "./step.js";
/** Bytes of a value: 1 unsigned, 4 signed, 8 floating point. */
export type Size = 1 | 4 | 8;
export interface Place {
    readonly at: number;
    readonly size: Size;
    readonly shape: Shape;
}
/** Smallest size that holds every value of `range`. */
export declare const sizeFor: (range: IntRange) => Size;
export declare const placeFor: (arena: Arena, shape: Shape, size: Size) => Place;
/** The tensor itself; valid as long as the memory does not grow. */
export declare function viewOf(memory: WebAssembly.Memory, { at, size, shape }: Place): Values;
