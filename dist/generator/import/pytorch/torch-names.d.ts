import { Global, Opaque, Storage, Tuple, type Value } from "./values.js";
export declare const find: (module: string, name: string) => Global;
/** What the call of a name gives: data for the names above, an opaque value for any other. Throws InputError. */
export declare function call(target: Global, args: Tuple): Value;
/**
 * The storage that a persistent id names: ("storage", type, key, place, elements), in legacy files with a view
 * (key, offset, elements) or None behind. Opaque where its type is unknown. Throws InputError.
 */
export declare function storageOf(id: Value): Storage | Opaque;
