import { TensorView, type Value } from "./values.js";
export interface StateChoice {
    /** Key of the state dict in a checkpoint that holds several, inner keys behind dots. */
    readonly state?: string | undefined;
}
export interface StateDict {
    readonly tensors: ReadonlyMap<string, TensorView>;
    /** Keys whose values are no tensors. */
    readonly ignored: readonly string[];
}
/** The tensors by name, without the prefixes that wrappers put before every one. Throws InputError. */
export declare function findTensors(value: Value, choice?: StateChoice): StateDict;
