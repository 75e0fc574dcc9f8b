export const maximum = {
    /** Largest of at least one value; throws on none, since a window outside the image has no value. */
    eval(x) {
        if (x.length === 0)
            throw new RangeError("the maximum of no values is not defined");
        let best = x[0];
        for (let k = 1; k < x.length; k++)
            if (x[k] > best)
                best = x[k];
        return best;
    },
    /** A maximum of values of `x` takes exactly the values of `x`. */
    range(x) {
        return x;
    },
    /** Index of the largest value, the lowest on a tie. */
    index(x) {
        if (x.length === 0)
            throw new RangeError("the maximum of no values is not defined");
        let best = 0;
        for (let k = 1; k < x.length; k++)
            if (x[k] > x[best])
                best = k;
        return best;
    },
};
