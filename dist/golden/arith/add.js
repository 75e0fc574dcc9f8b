// q = clamp(floor((SUM_i q_i * M_i + b) / 2^S), lo, hi)
import { exact } from "./range.js";
import { requant } from "./requant.js";
/** The shift and clamp of a sum are those of a requantize step with multiplier 1. */
export const addRequant = (a) => ({
    mode: "full",
    multiplier: [1],
    bias: [a.bias],
    shift: a.shift,
    clamp: a.clamp,
});
export const add = {
    /** One value from one value of each input, in the inputs' order. */
    eval(a, q) {
        return requant.eval(addRequant(a), add.sum(a, q), 0);
    },
    /** SUM_i q_i * M_i; throws where it is not exact. */
    sum(a, q) {
        let s = 0;
        for (let i = 0; i < a.multipliers.length; i++)
            s += exact(q[i] * a.multipliers[i], "add product");
        return exact(s + 0, "add sum");
    },
    /** Range of SUM_i q_i * M_i, both ends included. */
    sumRange(a, inputs) {
        let min = 0;
        let max = 0;
        a.multipliers.forEach((m, i) => {
            const r = inputs[i];
            min += Math.min(r.min * m, r.max * m);
            max += Math.max(r.min * m, r.max * m);
        });
        return { min: exact(min + 0, "add sum"), max: exact(max + 0, "add sum") };
    },
    /** Range of the sum of any subset of the inputs' products: the wires of an adder tree. */
    partialRange(a, inputs) {
        return add.sumRange(a, inputs.map((r) => ({ min: Math.min(0, r.min), max: Math.max(0, r.max) })));
    },
    range(a, inputs) {
        return requant.range(addRequant(a), add.sumRange(a, inputs));
    },
    /** The same function for values of `inputs`, fast where the bounds allow it. */
    prepare(a, inputs) {
        const finish = requant.prepare(addRequant(a), add.sumRange(a, inputs));
        return (q) => {
            let s = 0;
            for (let i = 0; i < a.multipliers.length; i++)
                s += q[i] * a.multipliers[i];
            return finish(s + 0, 0);
        };
    },
};
