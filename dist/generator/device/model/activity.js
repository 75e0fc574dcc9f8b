// How often the registers of an array change: its beats in the order of its folds, its results in two's complement.
import { bitsFor, signedBitsFor } from "../../../golden/arith/index.js";
const ones = (v) => {
    let n = v >>> 0;
    n -= (n >>> 1) & 0x55555555;
    n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
    return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};
class Registers {
    #held;
    #full;
    count;
    bits;
    results = 0;
    changed = 0;
    possible = 0;
    constructor(count, bits) {
        this.#held = new Int32Array(count);
        this.#full = new Uint8Array(count);
        this.count = count;
        this.bits = bits;
    }
    put(i, value, computed = true) {
        if (computed)
            this.results++;
        if (this.#full[i]) {
            this.possible += this.bits;
            this.changed += ones((value ^ this.#held[i]) & (2 ** this.bits - 1));
        }
        this.#full[i] = 1;
        this.#held[i] = value;
    }
}
const facts = ({ bits, results, changed, possible }) => ({ bits, results, changed, possible });
/**
 * The activity of one array over images, as its registers see them: signed differences and their signed tree (kernel 0
 * of axis_sad), or products and their tree (axis_mac). Lanes that a fold leaves without a tap or filter do not count.
 *
 * @param inputs the stored integers of the node's input edge, one HWC tensor an image
 * @param fold PE and SIMD; several pixels a beat count as one after the other
 */
export function arrayActivity(node, edges, inputs, fold) {
    const { kernel, stride, dilation, padding, groups } = node.window;
    const [height, width, channels] = edges.input.shape;
    const [outH, outW, filters] = edges.output.shape;
    const { rows, bits: wBits } = node.weights;
    const depthwise = groups === channels && filters === channels && channels > 1;
    const lanes = depthwise ? 1 : fold.simd;
    const pe = depthwise ? fold.simd : fold.pe;
    const perGroup = channels / groups;
    const filtersPerGroup = depthwise ? filters : filters / groups;
    const taps = kernel[0] * kernel[1] * perGroup;
    const levels = Math.ceil(Math.log2(lanes));
    const distance = node.op === "sad";
    const first = distance ? Math.max(edges.input.bits, wBits) : edges.input.bits + wBits;
    const accBits = distance ? bitsFor(node.accRange) : signedBitsFor(node.accRange);
    const widthOf = (level) => Math.min(first + level, accBits) + (distance ? 1 : 0);
    const tapRegisters = new Registers(pe * lanes, widthOf(0));
    const tree = Array.from({ length: levels }, (_, l) => new Registers(pe * Math.ceil(lanes / 2 ** (l + 1)), widthOf(l + 1)));
    const accumulators = new Registers(pe, accBits);
    const values = new Int32Array(lanes);
    const tapValue = (x, w) => (distance ? x - w : x * w);
    // A node of the signed tree: the sum of the magnitudes with the sign of its first tap.
    const join = (a, b) => (distance ? (a < 0 ? a - Math.abs(b) : a + Math.abs(b)) : a + b);
    function beat(window, filter, p, sf, sum) {
        const row = rows[filter];
        let used = Math.min(lanes, taps - sf * lanes);
        for (let s = 0; s < used; s++) {
            values[s] = tapValue(window[sf * lanes + s], row[sf * lanes + s]);
            tapRegisters.put(p * lanes + s, values[s]);
        }
        for (const registers of tree) {
            const wide = registers.count / pe;
            const next = Math.ceil(used / 2);
            for (let n = 0; n < next; n++) {
                const pair = 2 * n + 1 < used;
                values[n] = pair ? join(values[2 * n], values[2 * n + 1]) : values[2 * n];
                registers.put(p * wide + n, values[n], pair);
            }
            used = next;
        }
        const total = sum + (distance ? Math.abs(values[0]) : values[0]);
        // A finished sum leaves, and its register is cleared.
        accumulators.put(p, (sf + 1) * lanes < taps ? total : 0);
        return total;
    }
    const window = new Int32Array(taps);
    const sums = new Float64Array(pe);
    const zero = edges.input.zeroPoint;
    function read(x, r, c, group) {
        for (let ky = 0, t = 0; ky < kernel[0]; ky++)
            for (let kx = 0; kx < kernel[1]; kx++) {
                const [y, z] = [r * stride[0] + ky * dilation[0] - padding[0], c * stride[1] + kx * dilation[1] - padding[1]];
                const inside = y >= 0 && y < height && z >= 0 && z < width;
                const at = (y * width + z) * channels + group * perGroup;
                for (let k = 0; k < perGroup; k++, t++)
                    window[t] = inside ? x[at + k] : zero;
            }
    }
    for (const { data } of inputs)
        for (let pixel = 0; pixel < outH * outW; pixel++)
            for (let group = 0; group < groups; group++) {
                read(data, Math.floor(pixel / outW), pixel % outW, group);
                if (depthwise) {
                    for (let sf = 0, sum = 0; sf < taps; sf++)
                        sum = beat(window, group, group % pe, sf, sum);
                    continue;
                }
                for (let nf = 0; nf < filtersPerGroup; nf += pe) {
                    sums.fill(0);
                    const here = Math.min(pe, filtersPerGroup - nf);
                    for (let sf = 0; sf < Math.ceil(taps / lanes); sf++)
                        for (let p = 0; p < here; p++)
                            sums[p] = beat(window, group * filtersPerGroup + nf + p, p, sf, sums[p]);
                }
            }
    return { taps: facts(tapRegisters), sums: [...tree, accumulators].map(facts) };
}
