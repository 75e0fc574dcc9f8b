import { ceilDiv, clog2, counterBits } from "./define.js";
/**
 * An adder tree over `taps` leaves of `bits` bits: its adders and their bits, bits of all its registers, levels. An odd
 * node is handed on at its own width; `shifts` are the bits of those that form shift registers of three places at least.
 */
export function tree(taps, bits, most, extra) {
    let adders = 0;
    let pairs = 0;
    let registers = taps * (bits + extra);
    let shifts = 0;
    const levels = clog2(taps);
    let last = bits;
    let run = 0;
    for (let l = 1; l <= levels; l++) {
        const below = ceilDiv(taps, 2 ** (l - 1));
        const width = Math.min(bits + l, most);
        const here = Math.floor(below / 2);
        pairs += here;
        adders += here * width;
        registers += here * (width + extra);
        if (below % 2 === 1) {
            registers += last + extra;
            run++;
            shifts += run === 3 ? 3 * (last + extra) : run > 3 ? last + extra : 0;
        }
        else {
            last = width;
            run = 0;
        }
    }
    return { adders, pairs, registers, levels, shifts };
}
/**
 * The output FIFO behind a pipeline without back pressure: beats come every `interval` clocks, each `latency` clocks
 * after its place was reserved. A row of registers where few places do, else a small memory with a head.
 */
export function outputFifo(latency, interval) {
    const CHAIN = interval > 1 ? Math.floor((latency + interval - 1) / (interval - 1)) : 99;
    const IS_CHAIN = CHAIN <= 4 ? 1 : 0;
    const MEM_BITS = clog2(Math.floor((latency + 2 + interval) / interval));
    const DEPTH = IS_CHAIN ? CHAIN : 2 ** MEM_BITS;
    return {
        constants: { CHAIN, IS_CHAIN, MEM_BITS, DEPTH },
        places: DEPTH,
        /** Clocks through it. */
        clocks: IS_CHAIN ? CHAIN : 2,
        /** Bits of a counter of its places. */
        count: counterBits(DEPTH + 1),
        /** With beats of `bits` bits. */
        parts: (bits) => IS_CHAIN
            ? {
                logic: { chain: (CHAIN - 1) * bits, credits: counterBits(CHAIN + 1) },
                ff: CHAIN * (bits + 1),
                memories: [],
            }
            : {
                logic: { chain: 0, credits: 3 * counterBits(DEPTH + 1) },
                ff: 2 * MEM_BITS + counterBits(DEPTH + 1) + 1,
                memories: [{ name: "g_mem.mem", rows: DEPTH, bits }],
            },
    };
}
/** Non-zero digits of a constant in canonical signed digits: additions of a product with it, and one. */
export function signedDigits(v) {
    let n = Math.abs(v);
    let count = 0;
    while (n > 0) {
        if (n % 2 === 1) {
            count++;
            n -= n % 4 === 3 ? -1 : 1;
        }
        n /= 2;
    }
    return count;
}
