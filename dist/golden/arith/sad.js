import { exact, unionAll } from "./range.js";
export const sad = {
    /** acc >= 0, exact. `x` and `w` have the same length; any integers. */
    eval(x, w) {
        let acc = 0;
        for (let k = 0; k < w.length; k++)
            acc += Math.abs(x[k] - w[k]);
        return acc;
    },
    /** Smallest and largest acc of one row of weights where each x_k takes any value of `x`; both ends occur. */
    range(x, w) {
        let min = 0;
        let max = 0;
        for (let k = 0; k < w.length; k++) {
            min += Math.max(0, x.min - w[k], w[k] - x.max);
            max += Math.max(x.max - w[k], w[k] - x.min);
        }
        return { min: exact(min, "sad"), max: exact(max, "sad") };
    },
    /** Range over all rows of a layer. */
    layerRange(x, rows) {
        return unionAll(rows.map((w) => sad.range(x, w)));
    },
    /** What the accumulator register holds on the way, whatever the order of the taps: every partial sum lies here. */
    partialRange(x, rows) {
        return { min: 0, max: sad.layerRange(x, rows).max };
    },
};
