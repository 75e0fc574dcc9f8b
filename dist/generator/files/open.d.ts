import { type ReadLimits, type TensorFile } from "./tensor.js";
/**
 * Opens the bytes of the file called `fileName`; its extension says how they are read. A .npy file holds one array, which
 * bears the file's name without folder and extension. Throws FileError.
 */
export declare function openTensorFile(bytes: Uint8Array, fileName: string, limits?: ReadLimits): TensorFile;
