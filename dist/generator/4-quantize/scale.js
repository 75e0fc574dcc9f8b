/**
 * Scale and zero point for `bits`: unsigned with zero point 0 where no value is negative, else with the zero point that
 * makes 0 exact. max covers every value seen, percentile that share of them, mse takes the range whose squared error on
 * the sample is smallest.
 */
export function chooseScale(stats, bits, method, percentile) {
    const qmax = 2 ** bits - 1;
    const of = (lo, hi) => {
        const low = Math.min(0, lo);
        const high = Math.max(0, hi);
        if (high - low <= 0)
            return { scale: 1, zeroPoint: 0 };
        const scale = (high - low) / qmax;
        return { scale, zeroPoint: low === 0 ? 0 : Math.min(qmax, Math.round(-low / scale)) };
    };
    if (method === "max")
        return of(stats.min, stats.max);
    if (method === "percentile") {
        const sorted = Float64Array.from(stats.sample).sort();
        const tail = (1 - percentile / 100) / (stats.min < 0 ? 2 : 1);
        const at = (share) => sorted[Math.max(0, Math.min(sorted.length - 1, Math.round(share * (sorted.length - 1))))] ?? 0;
        return of(stats.min < 0 ? at(tail) : 0, at(1 - tail));
    }
    let best = of(stats.min, stats.max);
    let bestError = squaredError(stats.sample, best, qmax);
    for (let k = 95; k >= 20; k -= 1) {
        const q = of((stats.min * k) / 100, (stats.max * k) / 100);
        const e = squaredError(stats.sample, q, qmax);
        if (e < bestError)
            [best, bestError] = [q, e];
    }
    return best;
}
function squaredError(sample, { scale, zeroPoint }, qmax) {
    let sum = 0;
    for (const v of sample) {
        const q = Math.max(0, Math.min(qmax, Math.floor(v / scale + zeroPoint + 0.5)));
        sum += ((q - zeroPoint) * scale - v) ** 2;
    }
    return sum;
}
