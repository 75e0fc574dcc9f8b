import type { FloatTensor } from "../../ir/tensor.js";
import type { InputPlan, NetworkPlan } from "./plan.js";
/**
 * Maps a state dict to the layers of a known architecture. `input` replaces what the published network was trained on.
 * Throws InputError (AN9002) naming every key that is missing, has another shape, or has no place.
 */
export declare function planNetwork(state: ReadonlyMap<string, FloatTensor>, architecture: string, input?: InputPlan): NetworkPlan;
/**
 * The files of a planned network: network.json, one layer a line, and weights.safetensors with the tensors it names, in
 * PyTorch's order. `name` is the network's own.
 */
export declare function networkFiles(plan: NetworkPlan, name: string): Map<string, Uint8Array>;
