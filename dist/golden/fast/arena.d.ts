export interface Constant {
    readonly at: number;
    readonly data: Uint8Array;
}
export declare class Arena {
    #private;
    readonly constants: Constant[];
    /** Address of a new array of `bytes` bytes, zero at first, on a multiple of 16. Throws RangeError beyond 2 GiB. */
    reserve(bytes: number): number;
    /** Address of a new array with these bytes in it from the start. */
    place(values: Uint8Array | Int16Array | Int32Array | Float64Array): number;
    words(values: readonly number[]): number;
    doubles(values: readonly number[]): number;
    get pages(): number;
}
