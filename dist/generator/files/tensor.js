import { FileError } from "./error.js";
export const DTYPES = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "bfloat16",
    "float32",
    "float64",
];
/** One gibibyte: far above any network that fits an FPGA, far below what harms the machine. */
export const DEFAULT_MAX_BYTES = 2 ** 30;
export const isFloat = (dtype) => dtype.includes("float");
/** The values as float64 in the same shape. */
export function toFloatTensor(t) {
    return { shape: t.shape, data: t.data instanceof Float64Array ? t.data : Float64Array.from(t.data) };
}
/** Product of the dimensions, or null where it is not exact. */
export function elementCount(shape) {
    if (shape.includes(0))
        return 0;
    let n = 1;
    for (const d of shape) {
        n *= d;
        if (!Number.isSafeInteger(n))
            return null;
    }
    return n;
}
/** The error for a name that the file does not hold, with the nearest names as a hint. */
export function missing(name, names) {
    const tail = (s) => s.slice(s.lastIndexOf(".") + 1);
    const near = names.filter((n) => n.toLowerCase() === name.toLowerCase() || n.endsWith(name) || tail(n) === tail(name));
    const shown = (near.length > 0 ? near : names).slice(0, 8);
    return new FileError({
        code: "tensor-missing",
        message: `no array named "${name}"`,
        found: names.length === 0 ? "a file without arrays" : `${names.length} arrays`,
        hint: shown.length > 0 ? `the file has ${shown.map((n) => `"${n}"`).join(", ")}` : undefined,
    });
}
