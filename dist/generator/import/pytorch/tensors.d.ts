import type { FloatTensor } from "../../ir/tensor.js";
import type { StorageType, TensorView, Value } from "./values.js";
/** The stored pieces of a checkpoint. */
export interface Pieces {
    /** The bytes of a piece; throws when there is none of that name. */
    bytes(key: string): Uint8Array;
    readonly littleEndian: boolean;
}
/** A file's value and the stored numbers that its tensors point into. */
export interface Contents {
    readonly value: Value;
    readonly pieces: Pieces;
}
/** Bytes of one element. */
export declare const elementBytes: (dtype: StorageType) => number;
/** How a tensor is stored. */
export interface Stored {
    readonly shape: readonly number[];
    readonly dtype: StorageType;
    /** Of a quantized tensor: real value = (q - zero point) * scale. */
    readonly scale?: readonly number[];
    readonly zeroPoint?: readonly number[];
}
export interface ReadTensors {
    /** Real values, row-major; integers and booleans become numbers. */
    readonly tensors: ReadonlyMap<string, FloatTensor>;
    readonly stored: ReadonlyMap<string, Stored>;
}
/** The tensors' values, those of quantized ones dequantized. Throws InputError. */
export declare function readTensors(views: ReadonlyMap<string, TensorView>, pieces: Pieces): ReadTensors;
