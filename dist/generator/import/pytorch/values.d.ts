export declare class Tuple {
    readonly items: readonly Value[];
    constructor(items: readonly Value[]);
}
/** dict and OrderedDict, in the order of insertion. */
export declare class Dict {
    readonly map: Map<Value, Value>;
}
/** `module.name` of Python. */
export declare class Global {
    readonly name: string;
    constructor(name: string);
}
/** An instance of a class of Python's, or the result of a call, of which only the name and the parts are known. */
export declare class Opaque {
    readonly name: string;
    readonly args: readonly Value[];
    /** What the file gives the instance as its attributes. */
    state: Value;
    constructor(name: string, args: readonly Value[]);
}
/** A piece of the file that holds numbers; `key` names it there. */
export declare class Storage {
    readonly dtype: StorageType;
    readonly key: string;
    /** Place in the stored piece, in elements; other than 0 for views in legacy files. */
    readonly offset: number;
    /** Number of elements. */
    readonly length: number;
    /** The bytes themselves where they stand in the pickle. */
    readonly inline: {
        readonly bytes: Uint8Array;
        readonly littleEndian: boolean;
    } | undefined;
    constructor(dtype: StorageType, key: string, offset: number, length: number, inline?: Storage["inline"]);
}
/** Real value = (q - zero) * scale, the same for the whole tensor or one each along `axis`. */
export interface Affine {
    readonly scale: number | TensorView;
    readonly zero: number | TensorView;
    readonly axis: number;
}
/** A view of a storage: element i, j, ... is at offset + i * strides[0] + j * strides[1] + ... */
export declare class TensorView {
    readonly storage: Storage;
    readonly offset: number;
    readonly shape: readonly number[];
    readonly strides: readonly number[];
    /** Of a quantized tensor. */
    readonly affine: Affine | undefined;
    constructor(storage: Storage, offset: number, shape: readonly number[], strides: readonly number[], affine?: Affine);
}
export type Value = null | boolean | number | bigint | string | Uint8Array | Value[] | Tuple | Dict | Global | Opaque | Storage | TensorView;
export type StorageType = "float64" | "float32" | "float16" | "bfloat16" | "int64" | "int32" | "int16" | "int8" | "uint8" | "uint16" | "uint32" | "bool";
export declare const STORAGE_TYPES: ReadonlyMap<string, StorageType>;
