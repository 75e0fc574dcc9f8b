import type { Dtype, Tensor, TensorData } from "./tensor.js";
export declare const BYTES: Readonly<Record<Dtype, number>>;
/** `count` values from the start of `bytes`, which holds at least that many. */
export declare function decode(dtype: Dtype, bytes: Uint8Array, count: number, little: boolean): TensorData;
/** Little-endian bytes. Throws FileError where a value does not survive the trip (a fraction, or out of range). */
export declare function encode({ dtype, data }: Tensor): Uint8Array;
/** IEEE 754 binary16. */
export declare function halfToNumber(h: number): number;
/** bfloat16: the upper half of a binary32. */
export declare function brainToNumber(b: number): number;
