/** The smallest type that holds every value of `bits`. */
export function storageOf({ bits, signed }) {
    if (!signed && bits <= 8)
        return { dtype: "uint8", size: 1 };
    if (!signed && bits <= 16)
        return { dtype: "uint16", size: 2 };
    const needed = signed ? bits : bits + 1;
    if (needed <= 8)
        return { dtype: "int8", size: 1 };
    if (needed <= 16)
        return { dtype: "int16", size: 2 };
    return needed <= 32 ? { dtype: "int32", size: 4 } : { dtype: "int64", size: 8 };
}
/** The values as little-endian bytes of their storage type. */
export function littleEndian(array) {
    const { size } = storageOf(array);
    const bytes = new Uint8Array(array.values.length * size);
    const view = new DataView(bytes.buffer);
    array.values.forEach((value, i) => {
        if (size === 1)
            view.setUint8(i, value & 0xff);
        else if (size === 2)
            view.setUint16(2 * i, value & 0xffff, true);
        else if (size === 4)
            view.setInt32(4 * i, value, true);
        else
            view.setBigInt64(8 * i, BigInt(value), true);
    });
    return bytes;
}
