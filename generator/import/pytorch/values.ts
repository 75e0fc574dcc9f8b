// What a pickle may hold here. All of it is data; a name of Python's stays a name.

/** Bytes of a text that has a character for each. */
export const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

export class Tuple {
  readonly items: readonly Value[];
  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

/** dict and OrderedDict, in the order of insertion. */
export class Dict {
  readonly map = new Map<Value, Value>();
}

/** `module.name` of Python. */
export class Global {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** An instance of a class of Python's, or the result of a call, of which only the name and the parts are known. */
export class Opaque {
  readonly name: string;
  readonly args: readonly Value[];
  /** What the file gives the instance as its attributes. */
  state: Value = null;
  constructor(name: string, args: readonly Value[]) {
    this.name = name;
    this.args = args;
  }
}

/** A piece of the file that holds numbers; `key` names it there. */
export class Storage {
  readonly dtype: StorageType;
  readonly key: string;
  /** Place in the stored piece, in elements; other than 0 for views in legacy files. */
  readonly offset: number;
  /** Number of elements. */
  readonly length: number;
  /** The bytes themselves where they stand in the pickle. */
  readonly inline: { readonly bytes: Uint8Array; readonly littleEndian: boolean } | undefined;
  constructor(dtype: StorageType, key: string, offset: number, length: number, inline?: Storage["inline"]) {
    this.dtype = dtype;
    this.key = key;
    this.offset = offset;
    this.length = length;
    this.inline = inline;
  }
}

/** Real value = (q - zero) * scale, the same for the whole tensor or one each along `axis`. */
export interface Affine {
  readonly scale: number | TensorView;
  readonly zero: number | TensorView;
  readonly axis: number;
}

/** A view of a storage: element i, j, ... is at offset + i * strides[0] + j * strides[1] + ... */
export class TensorView {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** Of a quantized tensor. */
  readonly affine: Affine | undefined;
  constructor(storage: Storage, offset: number, shape: readonly number[], strides: readonly number[], affine?: Affine) {
    this.affine = affine;
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Value[]
  | Tuple
  | Dict
  | Global
  | Opaque
  | Storage
  | TensorView;

export type StorageType =
  | "float64"
  | "float32"
  | "float16"
  | "bfloat16"
  | "int64"
  | "int32"
  | "int16"
  | "int8"
  | "uint8"
  | "uint16"
  | "uint32"
  | "bool";

export const STORAGE_TYPES: ReadonlyMap<string, StorageType> = new Map([
  ["torch.DoubleStorage", "float64"],
  ["torch.FloatStorage", "float32"],
  ["torch.HalfStorage", "float16"],
  ["torch.BFloat16Storage", "bfloat16"],
  ["torch.LongStorage", "int64"],
  ["torch.IntStorage", "int32"],
  ["torch.ShortStorage", "int16"],
  ["torch.CharStorage", "int8"],
  ["torch.ByteStorage", "uint8"],
  ["torch.BoolStorage", "bool"],
  ["torch.QInt8Storage", "int8"],
  ["torch.QUInt8Storage", "uint8"],
  ["torch.QInt32Storage", "int32"],
]);
