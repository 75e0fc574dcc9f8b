import { within } from "../arith/index.js";
import { sizeOf } from "../ops/op.js";
const BYTE = { min: 0, max: 255 };
const INT32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };
/** Smallest size that holds every value of `range`. */
export const sizeFor = (range) => (within(range, BYTE) ? 1 : within(range, INT32) ? 4 : 8);
export const placeFor = (arena, shape, size) => ({
    at: arena.reserve(sizeOf(shape) * size),
    size,
    shape,
});
/** The tensor itself; valid as long as the memory does not grow. */
export function viewOf(memory, { at, size, shape }) {
    const length = sizeOf(shape);
    if (size === 1)
        return new Uint8Array(memory.buffer, at, length);
    return size === 4 ? new Int32Array(memory.buffer, at, length) : new Float64Array(memory.buffer, at, length);
}
