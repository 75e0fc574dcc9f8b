import { type ReadLimits, type Tensor, type TensorFile } from "./tensor.js";
export interface SafetensorsFile extends TensorFile {
    /** The header's `__metadata__`. */
    readonly metadata: ReadonlyMap<string, string>;
}
/** Opens a file: the whole header is checked now, against the file's size, and arrays are decoded when asked for. */
export declare function openSafetensors(bytes: Uint8Array, limits?: ReadLimits): SafetensorsFile;
/**
 * A file of the arrays, widest type first and then by name, so that each is aligned; the same arrays always give the same
 * bytes.
 */
export declare function writeSafetensors(tensors: ReadonlyMap<string, Tensor>, metadata?: ReadonlyMap<string, string>): Uint8Array;
