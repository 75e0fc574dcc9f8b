/** One Float64Array a channel from a tensor whose first axis is the output channel. */
function rowsOf(t) {
    const n = t.data.length / t.shape[0];
    return Array.from({ length: t.shape[0] }, (_, o) => t.data.subarray(o * n, (o + 1) * n));
}
const withBias = (offset, tensors) => tensors.bias ? offset.map((v, o) => v + tensors.bias.data[o]) : offset;
/**
 * acc = SUM |x - w|: activations and weights share the step s of the input edge, W = floor(w/s + 1/2) + z. A weight
 * outside [0, qmax] is clamped; what the clamp takes away is the same for every x and goes into the offset, exactly.
 */
export function sadAccumulation(tensors, window, x) {
    const qmax = 2 ** x.bits - 1;
    const zero = Math.floor(x.zeroPoint);
    const half = x.zeroPoint - zero + 0.5;
    const excess = [];
    let max = 0;
    const rows = rowsOf(tensors.weights).map((row) => {
        let e = 0;
        let worst = 0;
        const w = Int32Array.from(row, (v) => {
            const q = Math.floor(v / x.scale + half) + zero;
            const c = Math.min(qmax, Math.max(0, q));
            e += Math.abs(q - c);
            worst += Math.max(c, qmax - c);
            return c;
        });
        excess.push(e);
        max = Math.max(max, worst);
        return w;
    });
    const range = { min: 0, max };
    return {
        range,
        gain: rows.map(() => -x.scale),
        offset: withBias(excess.map((e) => -x.scale * e), tensors),
        node: (id, requant) => ({
            op: "sad",
            ...id,
            window,
            weights: { rows, bits: x.bits, signed: false },
            accRange: range,
            requant,
        }),
    };
}
/** acc = SUM x * w with symmetric signed weights, one scale a channel; -z * SUM w of the channel goes into the offset. */
export function macAccumulation(tensors, window, x, weightBits) {
    const bits = Math.max(2, weightBits);
    const wmax = 2 ** (bits - 1) - 1;
    const qmax = 2 ** x.bits - 1;
    const gain = [];
    const offset = [];
    let min = 0;
    let max = 0;
    const rows = rowsOf(tensors.weights).map((row) => {
        const top = row.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
        const s = top > 0 ? top / wmax : 1;
        const w = Int32Array.from(row, (v) => Math.max(-wmax, Math.min(wmax, Math.floor(v / s + 0.5))));
        const sum = w.reduce((a, v) => a + v, 0);
        gain.push(x.scale * s);
        offset.push(-x.scale * s * x.zeroPoint * sum);
        min = Math.min(min, qmax * w.reduce((a, v) => a + Math.min(0, v), 0));
        max = Math.max(max, qmax * w.reduce((a, v) => a + Math.max(0, v), 0));
        return w;
    });
    const range = { min, max };
    return {
        range,
        gain,
        offset: withBias(offset, tensors),
        node: (id, requant) => ({
            op: "mac",
            ...id,
            window,
            weights: { rows, bits, signed: true },
            accRange: range,
            requant,
        }),
    };
}
/** Whether the integers of an edge stand for -1 and +1 alone. */
const isBinary = (x) => x.bits === 1 && x.zeroPoint === 0.5;
/**
 * SUM x * sign(w). Over many-valued x a sum of +x and -x; over x of -1 and +1 by counting: acc = SUM |x - w| over the
 * bits is the number of taps that disagree, and the sum is taps - 2 * acc.
 */
export function binaryAccumulation(tensors, window, x) {
    const positive = rowsOf(tensors.weights).map((row) => row.map((v) => (v >= 0 ? 1 : 0)));
    const taps = positive[0].length;
    const offset = (of) => withBias(positive.map(of), tensors);
    if (isBinary(x)) {
        const range = { min: 0, max: taps };
        const rows = positive.map((row) => Int32Array.from(row));
        return {
            range,
            gain: rows.map(() => -x.scale),
            offset: offset(() => (taps * x.scale) / 2),
            node: (id, requant) => ({
                op: "sad",
                ...id,
                window,
                weights: { rows, bits: 1, signed: false },
                accRange: range,
                requant,
            }),
        };
    }
    const qmax = 2 ** x.bits - 1;
    const ups = positive.map((row) => row.reduce((a, v) => a + v, 0));
    const range = { min: -qmax * (taps - Math.min(...ups)), max: qmax * Math.max(...ups) };
    return {
        range,
        gain: positive.map(() => x.scale),
        offset: offset((row) => -x.scale * x.zeroPoint * (2 * row.reduce((a, v) => a + v, 0) - taps)),
        node: (id, requant) => ({
            op: "mac",
            ...id,
            window,
            weights: { rows: positive.map((row) => Int32Array.from(row, (v) => 2 * v - 1)), bits: 2, signed: true },
            accRange: range,
            requant,
        }),
    };
}
/** acc = q itself. */
export function plainAccumulation(x) {
    const channels = x.shape[2];
    return {
        range: x.range,
        gain: new Array(channels).fill(x.scale),
        offset: new Array(channels).fill(-x.scale * x.zeroPoint),
        node: (id, requant) => ({ op: "requant", ...id, requant }),
    };
}
