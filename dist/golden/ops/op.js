const INT32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };
/** Storage for `length` values of `range`: 32-bit integers where they fit. */
export const storageFor = (range, length) => range.min >= INT32.min && range.max <= INT32.max ? new Int32Array(length) : new Float64Array(length);
export const sizeOf = ([h, w, c]) => h * w * c;
