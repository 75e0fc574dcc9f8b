/** One value a word, in row-major order, two's complement where negative. */
export function plainWords({ values, bits, shape, role }) {
    const order = role === "weights" ? "output channel, ky, kx, channel" : "channel";
    return {
        width: bits,
        words: values.map((value) => BigInt.asUintN(bits, BigInt(value))),
        layout: `one value a word, [${shape.join(", ")}] row-major (${order})`,
    };
}
/**
 * The words of a folded layer's weight memory: with SF = ceil(taps / simd) and NF = ceil(outputs / pe), word
 * nf*SF + sf holds at lane p*simd + s the weight of output channel nf*pe + p at tap sf*simd + s; in a depthwise layer,
 * whose lanes are channels, lane s holds that of channel nf*simd + s at tap sf. Lane 0 is in the least significant bits; lanes beyond the array are 0.
 * Throws RangeError for a fold that is no pair of positive integers.
 */
export function foldedWords({ values, bits, shape }, { pe, simd }, depthwise) {
    if (![pe, simd].every((n) => Number.isSafeInteger(n) && n > 0))
        throw new RangeError(`fold ${pe} x ${simd}`);
    if (depthwise && pe !== 1)
        throw new RangeError("a depthwise fold has pe = 1");
    const outputs = shape[0];
    const taps = values.length / outputs;
    const sfs = depthwise ? taps : Math.ceil(taps / simd);
    const nfs = Math.ceil(outputs / (depthwise ? simd : pe));
    const weight = (output, tap) => output < outputs && tap < taps ? BigInt.asUintN(bits, BigInt(values[output * taps + tap])) : 0n;
    const words = [];
    for (let nf = 0; nf < nfs; nf++) {
        for (let sf = 0; sf < sfs; sf++) {
            let word = 0n;
            for (let p = pe - 1; p >= 0; p--) {
                for (let s = simd - 1; s >= 0; s--) {
                    const value = depthwise ? weight(nf * simd + s, sf) : weight(nf * pe + p, sf * simd + s);
                    word = (word << BigInt(bits)) | value;
                }
            }
            words.push(word);
        }
    }
    const lane = depthwise
        ? `lane s = weight [nf*${simd} + s] at tap sf`
        : `lane p*${simd} + s = weight [nf*${pe} + p] at tap sf*${simd} + s`;
    return {
        width: bits * pe * simd,
        words,
        layout: `word nf*${sfs} + sf, ${pe * simd} lanes of ${bits} bits, ${lane}, lane 0 in the least significant bits`,
    };
}
/** A word in hexadecimal, as many digits as its width needs. */
export const hexWord = (word, width) => word.toString(16).padStart(Math.ceil(width / 4), "0");
