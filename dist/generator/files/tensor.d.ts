import type { FloatTensor } from "../ir/tensor.js";
import { FileError } from "./error.js";
export declare const DTYPES: readonly ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "bfloat16", "float32", "float64"];
/** How a value is stored in the file. */
export type Dtype = (typeof DTYPES)[number];
export type TensorData = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;
/**
 * One array, row-major. 64-bit integers come as Float64Array, each value exact; half floats as Float32Array; booleans as
 * Uint8Array of 0 and 1.
 */
export interface Tensor {
    readonly dtype: Dtype;
    readonly shape: readonly number[];
    readonly data: TensorData;
}
/** A file of named arrays, each read when asked for. Every method throws FileError. */
export interface TensorFile {
    /** In the file's order. */
    names(): readonly string[];
    shape(name: string): readonly number[];
    read(name: string): Tensor;
}
export interface ReadLimits {
    /** Largest size of one array in memory, in bytes. */
    readonly maxBytes?: number | undefined;
}
/** One gibibyte: far above any network that fits an FPGA, far below what harms the machine. */
export declare const DEFAULT_MAX_BYTES: number;
export declare const isFloat: (dtype: Dtype) => boolean;
/** The values as float64 in the same shape. */
export declare function toFloatTensor(t: Tensor): FloatTensor;
/** Product of the dimensions, or null where it is not exact. */
export declare function elementCount(shape: readonly number[]): number | null;
/** The error for a name that the file does not hold, with the nearest names as a hint. */
export declare function missing(name: string, names: readonly string[]): FileError;
