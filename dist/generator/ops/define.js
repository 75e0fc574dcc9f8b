export const defineOp = (o) => o;
export const divisors = (n) => {
    const small = [];
    for (let d = 1; d * d <= n; d++)
        if (n % d === 0)
            small.push(d);
    return [
        ...small,
        ...small
            .map((d) => n / d)
            .filter((d) => !small.includes(d))
            .reverse(),
    ];
};
/** The most bits that a beat of several pixels, or the taps that it completes, may have. */
export const TILE_BITS = 32768;
/**
 * Numbers of pixels that a beat may hold in raster order, above 1: parts of a row of equal length, or whole rows of
 * which each frame has a multiple. `bits` is the size of a pixel.
 */
export function tiles([height, width], bits) {
    const parts = divisors(width).slice(0, -1);
    const rows = divisors(height).map((r) => r * width);
    return [...parts, ...rows].filter((n) => n > 1 && n * bits <= TILE_BITS);
}
/** The fold space of an op that treats all values alike: SIMD lanes of a pixel, or all of several pixels. */
export function laneFolds(t, simd = divisors(t.shape[2])) {
    const several = tiles(t.shape, t.bits * t.shape[2]);
    return {
        pe: [1],
        simd,
        ...(several.length > 0 ? { tiled: { pixels: several, pe: [1], simd: [t.shape[2]] } } : {}),
    };
}
export const gcd = (a, b) => (b === 0 ? a : gcd(b, a % b));
export const pixelsOf = (t) => t.shape[0] * t.shape[1];
export const valuesOf = (t) => pixelsOf(t) * t.shape[2];
/** `needs` of an op that looks at one pixel at a time. */
export const onePixel = (_node, _types, p) => p + 1;
/**
 * Shape of a stream that carries an edge. More lanes than channels are several pixels a beat, one behind the other: the
 * same wires as fewer pixels of more channels.
 */
export function edgeStream(name, t, lanes) {
    const channels = Math.max(lanes, t.shape[2]);
    const pixels = valuesOf(t) / channels;
    if (!Number.isInteger(pixels))
        throw new Error(`${lanes} lanes do not divide the values of ${name}`);
    return {
        lanes,
        laneBits: t.bits,
        signed: t.signed,
        channels,
        pixels,
        beatsPerFrame: pixels * Math.ceil(channels / lanes),
        tensor: { name, shape: t.shape },
    };
}
/** Packs lanes into one word, lane 0 in the least significant bits; negative values in two's complement. */
export function packLanes(values, bits) {
    const mask = (1n << BigInt(bits)) - 1n;
    let word = 0n;
    for (let l = values.length - 1; l >= 0; l--)
        word = (word << BigInt(bits)) | (BigInt(values[l]) & mask);
    return word;
}
