import type { FloatTensor } from "../../ir/tensor.js";
import { type StateChoice } from "./state-dict.js";
import { type Stored } from "./tensors.js";
export { architectures } from "./architectures.js";
export { networkFiles, planNetwork } from "./network.js";
export type { InputPlan, LayerPlan, NetworkPlan } from "./plan.js";
export interface Checkpoint {
    /** In the file's order, names without the prefixes of wrappers; shapes are PyTorch's, data is row-major. */
    readonly tensors: ReadonlyMap<string, FloatTensor>;
    /** How each of them is stored. */
    readonly stored: ReadonlyMap<string, Stored>;
    /** Keys of the state dict that hold no tensor. */
    readonly ignored: readonly string[];
}
/**
 * Reads a state dict that torch.save or pickle wrote: a zip archive, pickles, or a module pickled whole. Nothing in the
 * file is run. Throws InputError.
 */
export declare function readCheckpoint(bytes: Uint8Array, choice?: StateChoice): Checkpoint;
