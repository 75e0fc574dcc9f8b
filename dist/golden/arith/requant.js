import { bitsFor, EXACT_MAX, exact, floorDiv, signedBitsFor, spanBig, unionAll } from "./range.js";
const MAX_SHIFT = 255;
export const requant = {
    /**
     * One value of channel `c`, exact for every acc below 2^53 in magnitude. The pivot of a second pair is compared with
     * the first result before the clamp. Throws RangeError where the result is not exact.
     */
    eval(q, acc, c) {
        let v = shiftedBig(acc, pairOf(q, c), q.shift);
        if (q.negative && v < BigInt(q.negative.pivot))
            v = shiftedBig(acc, pairOf(q.negative, c), q.shift);
        if (q.clamp) {
            if (v < BigInt(q.clamp.min))
                return q.clamp.min;
            if (v > BigInt(q.clamp.max))
                return q.clamp.max;
        }
        return exact(Number(v), "requantized value");
    },
    /**
     * The same function for many values of `accRange`: in floating point where every |acc * M| + |b| stays below 2^53
     * (a division by a power of two is exact there), in BigInt otherwise.
     */
    prepare(q, accRange) {
        requant.check(q);
        if (!requant.fitsNumbers(q, accRange))
            return (acc, c) => requant.eval(q, acc, c);
        const multiplier = Float64Array.from(q.multiplier);
        const bias = Float64Array.from(q.bias);
        const step = 2 ** -q.shift;
        const lo = q.clamp ? q.clamp.min : Number.NEGATIVE_INFINITY;
        const hi = q.clamp ? q.clamp.max : Number.POSITIVE_INFINITY;
        if (!q.negative)
            return (acc, c) => {
                const v = Math.floor((acc * multiplier[c] + bias[c]) * step);
                return Math.max(lo, Math.min(hi, v)) + 0;
            };
        const { pivot } = q.negative;
        const multiplier2 = Float64Array.from(q.negative.multiplier);
        const bias2 = Float64Array.from(q.negative.bias);
        return (acc, c) => {
            let v = Math.floor((acc * multiplier[c] + bias[c]) * step);
            if (v < pivot)
                v = Math.floor((acc * multiplier2[c] + bias2[c]) * step);
            return Math.max(lo, Math.min(hi, v)) + 0;
        };
    },
    /** Whether every |acc * M| + |b| stays below 2^53 for sums of `accRange`, so that floating point is exact. */
    fitsNumbers(q, accRange) {
        return fitsNumber(q, accRange) && (!q.negative || fitsNumber(q.negative, accRange));
    },
    /** Exact range of the results over all channels where acc takes any value of `acc`. */
    range(q, acc) {
        return unionAll(q.multiplier.map((_, c) => requant.channelRange(q, acc, c)));
    },
    /** Exact range of channel `c`'s results. */
    channelRange(q, acc, c) {
        const parts = pieces(q, acc, c).map(({ acc: part, pair }) => ends(part, pair, q.shift));
        const all = spanBig(parts.flatMap((r) => [r.min, r.max]));
        const clampBig = (v) => {
            if (q.clamp && v < BigInt(q.clamp.min))
                return q.clamp.min;
            if (q.clamp && v > BigInt(q.clamp.max))
                return q.clamp.max;
            return exact(Number(v), "requantized value");
        };
        return { min: clampBig(all.min), max: clampBig(all.max) };
    },
    /** Every intermediate value's range. Both pairs are taken over the whole of `acc`: hardware computes both. */
    ranges(q, acc) {
        const pairs = [q, ...(q.negative ? [q.negative] : [])].flatMap((p) => p.multiplier.map((_, c) => pairOf(p, c)));
        const products = pairs.map((p) => productRange(acc, p.multiplier));
        const sums = products.map((r, i) => ({ min: r.min + BigInt(pairs[i].bias), max: r.max + BigInt(pairs[i].bias) }));
        const sum = unionBig(sums);
        const scale = 1n << BigInt(q.shift);
        return {
            multiplier: unionAll(pairs.map((p) => ({ min: p.multiplier, max: p.multiplier }))),
            product: unionBig(products),
            bias: unionAll(pairs.map((p) => ({ min: p.bias, max: p.bias }))),
            sum,
            shifted: {
                min: exact(Number(floorDiv(sum.min, scale)), "shifted value"),
                max: exact(Number(floorDiv(sum.max, scale)), "shifted value"),
            },
            result: requant.range(q, acc),
        };
    },
    /** Wire widths for an accumulator of range `acc`. */
    widths(q, acc) {
        const r = requant.ranges(q, acc);
        return {
            multiplier: signedBitsFor(r.multiplier),
            product: signedBitsFor(r.product),
            bias: signedBitsFor(r.bias),
            sum: signedBitsFor(r.sum),
            shifted: signedBitsFor(r.shifted),
            result: bitsFor(r.result),
        };
    },
    /** Throws where `q` is no requantize step: unequal lists, values that are not exact, a shift outside 0 to 255. */
    check(q) {
        if (!Number.isInteger(q.shift) || q.shift < 0 || q.shift > MAX_SHIFT)
            throw new RangeError(`shift ${q.shift} is not from 0 to ${MAX_SHIFT}`);
        const channels = q.multiplier.length;
        for (const list of [q.multiplier, q.bias, ...(q.negative ? [q.negative.multiplier, q.negative.bias] : [])]) {
            if (list.length !== channels)
                throw new RangeError(`${list.length} constants for ${channels} channels`);
            for (const v of list)
                exact(v, "requantize constant");
        }
        if (q.clamp && !(q.clamp.min <= q.clamp.max))
            throw new RangeError("clamp is empty");
    },
};
const pairOf = (q, c) => ({
    multiplier: q.multiplier[c],
    bias: q.bias[c],
});
const sumBig = (acc, p) => BigInt(acc) * BigInt(p.multiplier) + BigInt(p.bias);
// A shift right of a BigInt is arithmetic: it rounds down.
const shiftedBig = (acc, p, shift) => sumBig(acc, p) >> BigInt(shift);
function fitsNumber(q, acc) {
    const largest = Math.max(Math.abs(acc.min), Math.abs(acc.max));
    // Rounding is monotone, so a bound that truly exceeds 2^53 cannot round to a value below it.
    return q.multiplier.every((m, c) => largest * Math.abs(m) + Math.abs(q.bias[c]) <= EXACT_MAX);
}
/** The parts of `acc` on which each pair is used; a result is monotone on a part, so its ends suffice. */
function pieces(q, acc, c) {
    const first = pairOf(q, c);
    if (!q.negative)
        return [{ acc, pair: first }];
    const second = pairOf(q.negative, c);
    const below = (a) => shiftedBig(a, first, q.shift) < BigInt(q.negative.pivot);
    const [atMin, atMax] = [below(acc.min), below(acc.max)];
    if (atMin === atMax)
        return [{ acc, pair: atMin ? second : first }];
    let [lo, hi] = [acc.min, acc.max];
    while (hi - lo > 1) {
        const mid = lo + Math.floor((hi - lo) / 2);
        if (below(mid) === atMin)
            lo = mid;
        else
            hi = mid;
    }
    return [
        { acc: { min: acc.min, max: lo }, pair: atMin ? second : first },
        { acc: { min: hi, max: acc.max }, pair: atMin ? first : second },
    ];
}
const ends = (acc, p, shift) => spanBig([shiftedBig(acc.min, p, shift), shiftedBig(acc.max, p, shift)]);
const productRange = (acc, multiplier) => spanBig([BigInt(acc.min) * BigInt(multiplier), BigInt(acc.max) * BigInt(multiplier)]);
const unionBig = (ranges) => spanBig(ranges.flatMap((r) => [r.min, r.max]));
