/** Products and biases stay below this, so that every sum is an exact double and fits hardware words of 52 bits. */
const EXACT = 2 ** 50;
/** pow2 and csd2: exponents of one layer differ by less than this, which bounds the shifter. */
const EXPONENT_SPREAD = 16;
/** csd2: the second term is at most this many bits below the first. */
const SECOND_TERM = 7;
/** Largest shift of a join: its constant has to fit 48 bits of hardware. */
const JOIN_SHIFT = 30;
/** Powers of two nearest to v: v itself is sign * 2^exponent up to the rounding; null for 0. */
function nearestPower(v) {
    if (v === 0)
        return 0;
    const low = 2 ** Math.floor(Math.log2(Math.abs(v)));
    return Math.sign(v) * (Math.abs(v) - low < 2 * low - Math.abs(v) ? low : 2 * low);
}
/** The sum of at most two signed powers of two nearest to v. */
export function nearestTwoPowers(v) {
    if (v === 0)
        return 0;
    const low = 2 ** Math.floor(Math.log2(Math.abs(v)));
    let best = Math.sign(v) * low;
    for (const first of [low, 2 * low]) {
        const rest = nearestPower(Math.abs(v) - first);
        const second = Math.abs(rest) < first * 2 ** -SECOND_TERM ? 0 : rest;
        const sum = Math.sign(v) * (first + second);
        if (Math.abs(v - sum) < Math.abs(v - best))
            best = sum;
    }
    return best;
}
/**
 * Multipliers as the mode can represent them: real values whose products with 2^shift are integers, and the largest
 * shift for which all of them fit.
 */
function representable(values, mode, multiplierBits, accMax) {
    const largest = Math.max(...values.map(Math.abs));
    if (largest === 0)
        return { shift: 0, multiplier: values.map(() => 0) };
    if (mode === "full") {
        const top = 2 ** (multiplierBits - 1) - 1;
        // A subnormal value must not start the search at infinity.
        let shift = Math.min(40, Math.floor(Math.log2(top / largest)) + 1);
        while (Math.round(largest * 2 ** shift) > top || accMax * Math.round(largest * 2 ** shift) > EXACT)
            shift--;
        shift = Math.max(0, shift);
        return { shift, multiplier: values.map((v) => Math.round(v * 2 ** shift)) };
    }
    const pick = mode === "pow2" ? nearestPower : nearestTwoPowers;
    const rounded = values.map(pick);
    const smallest = mode === "pow2" ? EXPONENT_SPREAD : EXPONENT_SPREAD + SECOND_TERM;
    // The largest multiplier's leading exponent fixes how far down the smallest may reach.
    const exponent = Math.floor(Math.log2(Math.max(...rounded.map(Math.abs))));
    const floor = exponent - smallest + 1;
    const kept = rounded.map((v) => (Math.abs(v) < 2 ** floor ? 0 : v));
    let shift = 0;
    while (shift < 60 && kept.some((v) => !Number.isInteger(v * 2 ** shift)))
        shift++;
    // What is still no integer is too small for any result to show it.
    return { shift, multiplier: kept.map((v) => Math.trunc(v * 2 ** shift)) };
}
/**
 * numerics: M ~ gain * 2^S / scale and b = floor(2^S (C + zero point + 1/2)). `center` is the accumulator's expected
 * value for each channel; where M is rounded coarsely the constant is set so that the result is right there. Raw logits
 * (target.clamp null) keep acc * M + b unshifted; their edge's scale is 2^-S.
 */
export function foldRequant(acc, target, center) {
    const logits = target.clamp === null;
    const unit = logits ? 1 : target.scale;
    const slope = acc.gain.map((g, c) => (g * target.affine.scale[c]) / unit);
    const constant = acc.offset.map((o, c) => (o * target.affine.scale[c] + target.affine.offset[c]) / unit + (logits ? 0 : target.zeroPoint + 0.5));
    const accMax = Math.max(Math.abs(acc.range.min), Math.abs(acc.range.max), 1);
    const negative = target.negativeSlope;
    const all = negative ? [...slope, ...slope.map((a, c) => a * negative[c])] : slope;
    let { shift, multiplier } = representable(all, target.mode, target.multiplierBits, accMax);
    const constantMax = Math.max(...constant.map(Math.abs), 1);
    while (shift > 0 && constantMax * 2 ** shift > EXACT) {
        shift--;
        // Rounding up would keep a lone 1 for ever, and doubles its value each time.
        multiplier = multiplier.map((m) => (target.mode === "full" ? Math.round(m / 2) : Math.trunc(m / 2)));
    }
    const n = slope.length;
    const biasAt = (c, a, m, k) => Math.floor((k + (a - m / 2 ** shift) * (center?.[c] ?? 0)) * 2 ** shift);
    const bias = slope.map((a, c) => biasAt(c, a, multiplier[c], constant[c]));
    const requant = {
        mode: target.mode,
        multiplier: multiplier.slice(0, n),
        bias,
        shift: logits ? 0 : shift,
        clamp: target.clamp,
        ...(negative
            ? {
                negative: {
                    multiplier: multiplier.slice(n),
                    bias: slope.map((a, c) => {
                        const s = negative[c];
                        const zero = target.zeroPoint + 0.5;
                        return biasAt(c, a * s, multiplier[n + c], (constant[c] - zero) * s + zero);
                    }),
                    pivot: target.zeroPoint,
                },
            }
            : {}),
    };
    return { requant, scale: logits ? 2 ** -shift : target.scale };
}
/** Constants of a join: each input reaches the output's scale by its own multiplier, all under one shift. */
export function joinConstants(inputs, target) {
    const ratios = inputs.map((x) => x.scale / target.scale);
    let { shift, multiplier } = representable(ratios, target.mode, target.multiplierBits, 2 ** 16);
    while (shift > JOIN_SHIFT) {
        shift--;
        multiplier = multiplier.map((m) => (target.mode === "full" ? Math.round(m / 2) : Math.trunc(m / 2)));
    }
    const zero = inputs.reduce((sum, x, i) => sum + multiplier[i] * x.zeroPoint, 0);
    return {
        multipliers: multiplier,
        bias: Math.floor((target.zeroPoint + 0.5) * 2 ** shift - zero),
        shift,
        clamp: target.clamp ?? { min: 0, max: 2 ** 16 - 1 },
    };
}
