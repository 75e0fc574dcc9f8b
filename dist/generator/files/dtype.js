// Bytes of the file to numbers and back.
import { FileError } from "./error.js";
export const BYTES = {
    bool: 1,
    int8: 1,
    uint8: 1,
    int16: 2,
    uint16: 2,
    float16: 2,
    bfloat16: 2,
    int32: 4,
    uint32: 4,
    float32: 4,
    int64: 8,
    uint64: 8,
    float64: 8,
};
const readers = {
    bool: { make: (n) => new Uint8Array(n), get: (v, at) => (v.getUint8(at) === 0 ? 0 : 1) },
    int8: { make: (n) => new Int8Array(n), get: (v, at) => v.getInt8(at) },
    uint8: { make: (n) => new Uint8Array(n), get: (v, at) => v.getUint8(at) },
    int16: { make: (n) => new Int16Array(n), get: (v, at, le) => v.getInt16(at, le) },
    uint16: { make: (n) => new Uint16Array(n), get: (v, at, le) => v.getUint16(at, le) },
    int32: { make: (n) => new Int32Array(n), get: (v, at, le) => v.getInt32(at, le) },
    uint32: { make: (n) => new Uint32Array(n), get: (v, at, le) => v.getUint32(at, le) },
    int64: { make: (n) => new Float64Array(n), get: (v, at, le) => exactBig(v.getBigInt64(at, le), at) },
    uint64: { make: (n) => new Float64Array(n), get: (v, at, le) => exactBig(v.getBigUint64(at, le), at) },
    float16: { make: (n) => new Float32Array(n), get: (v, at, le) => halfToNumber(v.getUint16(at, le)) },
    bfloat16: { make: (n) => new Float32Array(n), get: (v, at, le) => brainToNumber(v.getUint16(at, le)) },
    float32: { make: (n) => new Float32Array(n), get: (v, at, le) => v.getFloat32(at, le) },
    float64: { make: (n) => new Float64Array(n), get: (v, at, le) => v.getFloat64(at, le) },
};
/** `count` values from the start of `bytes`, which holds at least that many. */
export function decode(dtype, bytes, count, little) {
    const { make, get } = readers[dtype];
    const data = make(count);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const size = BYTES[dtype];
    for (let i = 0; i < count; i++)
        data[i] = get(view, i * size, little);
    return data;
}
/** Little-endian bytes. Throws FileError where a value does not survive the trip (a fraction, or out of range). */
export function encode({ dtype, data }) {
    if (dtype === "float16" || dtype === "bfloat16")
        throw new FileError({ code: "npy-dtype", message: `${dtype} is read, not written`, hint: "write float32" });
    const size = BYTES[dtype];
    const bytes = new Uint8Array(data.length * size);
    const view = new DataView(bytes.buffer);
    const put = writers[dtype];
    const { get } = readers[dtype];
    for (let i = 0; i < data.length; i++) {
        const v = data[i];
        // DataView wraps silently; BigInt() throws on a fraction.
        if (dtype !== "float32" && dtype !== "float64" && !Number.isSafeInteger(v))
            throw unstorable(v, dtype, i);
        put(view, i * size, v);
        if (dtype !== "float32" && dtype !== "float64" && get(view, i * size, true) !== v)
            throw unstorable(v, dtype, i);
    }
    return bytes;
}
const unstorable = (v, dtype, at) => new FileError({ code: "tensor-inexact", message: `value ${v} at index ${at} does not fit ${dtype}` });
const writers = {
    bool: (v, at, x) => v.setUint8(at, x),
    int8: (v, at, x) => v.setInt8(at, x),
    uint8: (v, at, x) => v.setUint8(at, x),
    int16: (v, at, x) => v.setInt16(at, x, true),
    uint16: (v, at, x) => v.setUint16(at, x, true),
    int32: (v, at, x) => v.setInt32(at, x, true),
    uint32: (v, at, x) => v.setUint32(at, x, true),
    int64: (v, at, x) => v.setBigInt64(at, BigInt(x), true),
    uint64: (v, at, x) => v.setBigUint64(at, BigInt(x), true),
    float32: (v, at, x) => v.setFloat32(at, x, true),
    float64: (v, at, x) => v.setFloat64(at, x, true),
};
function exactBig(v, at) {
    const n = Number(v);
    if (!Number.isSafeInteger(n))
        throw new FileError({
            code: "tensor-inexact",
            message: `the 64-bit integer ${v} is not exact in a JavaScript number`,
            expected: "magnitudes below 2^53",
            found: String(v),
            offset: at,
        });
    return n;
}
/** IEEE 754 binary16. */
export function halfToNumber(h) {
    const sign = h & 0x8000 ? -1 : 1;
    const exponent = (h >> 10) & 0x1f;
    const fraction = h & 0x3ff;
    if (exponent === 0)
        return sign * fraction * 2 ** -24;
    if (exponent === 31)
        return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
const scratch = new DataView(new ArrayBuffer(4));
/** bfloat16: the upper half of a binary32. */
export function brainToNumber(b) {
    scratch.setUint32(0, b << 16);
    return scratch.getFloat32(0);
}
