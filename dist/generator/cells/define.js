export const defineCell = (c) => c;
export const defineShellCell = (c) => c;
/** The integers of an instance's parameters, those left out at their defaults. */
export function numbersOf(cell, params) {
    const found = { ...cell.defaults };
    for (const [k, v] of Object.entries(params))
        if (typeof v === "number")
            found[k] = v;
    return found;
}
/** One stream in, one out. */
export const streamPorts = (bitsIn, bitsOut) => ({
    in: { s_axis: bitsIn },
    out: { m_axis: bitsOut },
});
export const ceilDiv = (a, b) => Math.ceil(a / b);
export const clog2 = (n) => (n > 1 ? Math.ceil(Math.log2(n)) : 0);
/** Bits that count n values: one at least. */
export const counterBits = (n) => Math.max(1, clog2(n));
/** Bits of a constant in two's complement. */
export function signedBits(v) {
    let n = 1;
    while (v < -(2 ** (n - 1)) || v >= 2 ** (n - 1))
        n++;
    return n;
}
