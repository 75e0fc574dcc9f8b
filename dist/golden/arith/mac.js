import { exact, union, unionAll } from "./range.js";
const ZERO = { min: 0, max: 0 };
export const mac = {
    /** acc, exact. `x` and `w` have the same length; any integers. */
    eval(x, w) {
        let acc = 0;
        for (let k = 0; k < w.length; k++)
            acc += x[k] * w[k];
        // A product of zero and a negative number is -0 in floating point.
        return acc + 0;
    },
    /** Smallest and largest acc of one row of weights where each x_k takes any value of `x`; both ends occur. */
    range(x, w) {
        let min = 0;
        let max = 0;
        for (let k = 0; k < w.length; k++) {
            const product = mac.productRange(x, w[k]);
            min += product.min;
            max += product.max;
        }
        return { min: exact(min + 0, "mac"), max: exact(max + 0, "mac") };
    },
    productRange(x, w) {
        return w >= 0 ? { min: x.min * w, max: x.max * w } : { min: x.max * w, max: x.min * w };
    },
    /** Range over all rows of a layer. */
    layerRange(x, rows) {
        return unionAll(rows.map((w) => mac.range(x, w)));
    },
    /** What the accumulator register holds on the way: the sum of any subset of a row's products lies here. */
    partialRange(x, rows) {
        // A subset may leave out any product, which is the same as letting x be zero there.
        return unionAll(rows.map((w) => mac.range(union(x, ZERO), w)));
    },
};
