import type { ExportArray } from "./arrays.js";
export interface Storage {
    readonly dtype: "uint8" | "int8" | "uint16" | "int16" | "int32" | "int64";
    /** Bytes of one value. */
    readonly size: number;
}
/** The smallest type that holds every value of `bits`. */
export declare function storageOf({ bits, signed }: Pick<ExportArray, "bits" | "signed">): Storage;
/** The values as little-endian bytes of their storage type. */
export declare function littleEndian(array: ExportArray): Uint8Array;
