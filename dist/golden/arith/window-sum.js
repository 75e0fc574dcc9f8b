import { exact } from "./range.js";
export const windowSum = {
    eval(x) {
        let acc = 0;
        for (let k = 0; k < x.length; k++)
            acc += x[k];
        return acc;
    },
    /** Range of the sum of `taps` values, each any of `x`. */
    range(x, taps) {
        return { min: exact(x.min * taps + 0, "window sum"), max: exact(x.max * taps + 0, "window sum") };
    },
    /** What the accumulator register holds on the way. */
    partialRange(x, taps) {
        return windowSum.range({ min: Math.min(0, x.min), max: Math.max(0, x.max) }, taps);
    },
};
