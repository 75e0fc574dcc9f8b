import { type Dtype, type ReadLimits, type Tensor } from "./tensor.js";
export interface NpyInfo {
    readonly dtype: Dtype;
    readonly shape: readonly number[];
    readonly fortranOrder: boolean;
    readonly littleEndian: boolean;
    readonly dataOffset: number;
}
/** Header of a .npy file whose first bytes are in `bytes`. Throws FileError. */
export declare function readNpyInfo(bytes: Uint8Array): NpyInfo;
/** The array in a .npy file. The size is checked against the file before anything is allocated. Throws FileError. */
export declare function readNpy(bytes: Uint8Array, limits?: ReadLimits): Tensor;
/** A version 1.0 file, row-major, little-endian; the same array always gives the same bytes. Throws FileError. */
export declare function writeNpy(t: Tensor): Uint8Array;
