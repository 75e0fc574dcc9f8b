import { Global, Tuple, type Value } from "./values.js";
export interface World {
    /** The value of `module.name`. */
    find(module: string, name: string): Value;
    /** What calling a name gives as data; throws when the arguments of a known one do not fit. */
    call(target: Global, args: Tuple): Value;
    /** What a persistent id stands for. */
    persistent(id: Value): Value;
}
/** The value of the pickle at `at`, and the place behind it. Throws InputError. */
export declare function unpickle(bytes: Uint8Array, at: number, world: World): {
    readonly value: Value;
    readonly end: number;
};
