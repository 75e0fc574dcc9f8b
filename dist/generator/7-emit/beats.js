/** The beats of one frame, lane 0 in the low bits, lanes of `laneBits` in two's complement; unused lanes are zero. */
export function beatWords(t, s, laneBits) {
    const perPixel = s.beatsPerFrame / s.pixels;
    const words = new Array(s.beatsPerFrame).fill(0n);
    for (let p = 0, i = 0; p < s.pixels; p++)
        for (let c = 0; c < s.channels; c++, i++) {
            const lane = BigInt.asUintN(laneBits, BigInt(t.data[i]));
            words[p * perPixel + Math.floor(c / s.lanes)] |= lane << BigInt((c % s.lanes) * laneBits);
        }
    return words;
}
/** $readmemh text: one word a line, all of the same length. */
export function hexLines(words, bits) {
    const digits = Math.ceil(bits / 4);
    return `${words.map((w) => w.toString(16).padStart(digits, "0")).join("\n")}\n`;
}
