// The two long sums of the float reference on the kernels: the same additions in the same order, many filters at a time.
import { kernelsOn } from "../fast/wasm/kernels.js";
/** Filters that the kernels take together. */
const BLOCK = 8;
const TILE_BYTES = 64 * 1024;
const PAGE = 65536;
/** The kernels' memory begins here. */
const BASE = 1024;
let memory;
let kernels;
function space(bytes) {
    if (!memory || !kernels) {
        memory = new WebAssembly.Memory({ initial: 16 });
        kernels = kernelsOn(memory);
    }
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0)
        memory.grow(Math.ceil(missing / PAGE));
    return { memory, kernels };
}
/**
 * Sums of many windows with `filters` rows of `taps` weights, from row `first` on.
 * @param gather writes window n, from position `at` on
 * @param store takes window n's sums, from position `at` on
 */
export function sumsOf(kernel, windows, weights, gather, store) {
    const { data, first, filters, taps } = weights;
    const blocks = Math.ceil(filters / BLOCK);
    const tile = Math.max(2, Math.min(windows, Math.floor(TILE_BYTES / (taps * 8))));
    const [wAt, xAt] = [BASE, BASE + blocks * BLOCK * taps * 8];
    const toAt = xAt + tile * taps * 8;
    const { memory, kernels } = space(toAt + tile * blocks * BLOCK * 8);
    const w = new Float64Array(memory.buffer, wAt, blocks * BLOCK * taps);
    const x = new Float64Array(memory.buffer, xAt, tile * taps);
    const to = new Float64Array(memory.buffer, toAt, tile * blocks * BLOCK);
    for (let o = 0; o < blocks * BLOCK; o++) {
        let at = Math.floor(o / BLOCK) * BLOCK * taps + (o % BLOCK);
        for (let k = 0, from = (first + o) * taps; k < taps; k++, at += BLOCK)
            w[at] = o < filters ? data[from + k] : 0;
    }
    for (let n = 0; n < windows; n += tile) {
        const count = Math.min(tile, windows - n);
        for (let i = 0; i < count; i++)
            gather(n + i, x, i * taps);
        kernels[kernel](xAt, count, taps, wAt, blocks, toAt);
        for (let i = 0; i < count; i++)
            store(n + i, to, i * blocks * BLOCK);
    }
}
