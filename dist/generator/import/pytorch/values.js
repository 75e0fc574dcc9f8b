// What a pickle may hold here. All of it is data; a name of Python's stays a name.
export class Tuple {
    items;
    constructor(items) {
        this.items = items;
    }
}
/** dict and OrderedDict, in the order of insertion. */
export class Dict {
    map = new Map();
}
/** `module.name` of Python. */
export class Global {
    name;
    constructor(name) {
        this.name = name;
    }
}
/** An instance of a class of Python's, or the result of a call, of which only the name and the parts are known. */
export class Opaque {
    name;
    args;
    /** What the file gives the instance as its attributes. */
    state = null;
    constructor(name, args) {
        this.name = name;
        this.args = args;
    }
}
/** A piece of the file that holds numbers; `key` names it there. */
export class Storage {
    dtype;
    key;
    /** Place in the stored piece, in elements; other than 0 for views in legacy files. */
    offset;
    /** Number of elements. */
    length;
    /** The bytes themselves where they stand in the pickle. */
    inline;
    constructor(dtype, key, offset, length, inline) {
        this.dtype = dtype;
        this.key = key;
        this.offset = offset;
        this.length = length;
        this.inline = inline;
    }
}
/** A view of a storage: element i, j, ... is at offset + i * strides[0] + j * strides[1] + ... */
export class TensorView {
    storage;
    offset;
    shape;
    strides;
    /** Of a quantized tensor. */
    affine;
    constructor(storage, offset, shape, strides, affine) {
        this.affine = affine;
        this.storage = storage;
        this.offset = offset;
        this.shape = shape;
        this.strides = strides;
    }
}
export const STORAGE_TYPES = new Map([
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
