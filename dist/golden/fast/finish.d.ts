import type { Requant } from "../../generator/ir/quantized.js";
import type { IntRange, Shape } from "../../generator/ir/tensor.js";
import type { Arena } from "./arena.js";
import { type Place } from "./place.js";
/** Results of `q` for sums of `acc`, or undefined where floating point could not give them exactly. */
export declare function resultRange(q: Requant, acc: IntRange): IntRange | undefined;
/** Where the results of a kernel go: values of `result`, of which those outside `edge` are found afterwards. */
export declare function resultPlace(arena: Arena, shape: Shape, result: IntRange, edge: IntRange): {
    place: Place;
    checked: boolean;
};
/** Address of the Finish record (see wasm/assembly/finish.ts). */
export declare function finishRecord(arena: Arena, q: Requant, to: Place): number;
