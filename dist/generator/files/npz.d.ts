import { type ReadLimits, type Tensor, type TensorFile } from "./tensor.js";
/** Opens an archive; its directory is read now, each array when asked for. Members that are no .npy are left out. */
export declare function openNpz(bytes: Uint8Array, limits?: ReadLimits): TensorFile;
/** An archive of the arrays in the order given, deflated; the same arrays always give the same bytes. */
export declare function writeNpz(tensors: ReadonlyMap<string, Tensor>): Uint8Array;
