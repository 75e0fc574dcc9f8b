// The same network with products in place of distances, and what one frame's operations cost by published energies.
/**
 * Every L1 layer as a multiplying layer of the same widths, for area and clock only: the weights are the same bit
 * patterns, read as signed, and the sums mean nothing.
 */
export function withProducts(net) {
    return { ...net, nodes: net.nodes.map((n) => (n.op === "sad" ? product(n, net) : n)) };
}
function product(n, net) {
    const middle = 2 ** (n.weights.bits - 1);
    const rows = n.weights.rows.map((r) => r.map((w) => w - middle));
    const top = 2 ** net.edges[n.inputs[0]].bits - 1;
    const sum = (keep, r) => r.reduce((a, w) => (keep(w) ? a + w * top : a), 0);
    return {
        ...n,
        op: "mac",
        weights: { ...n.weights, rows, signed: true },
        accRange: {
            min: Math.min(0, ...rows.map((r) => sum((w) => w < 0, r))),
            max: Math.max(0, ...rows.map((r) => sum((w) => w > 0, r))),
        },
    };
}
/**
 * Picojoules of integer operations in 45 nm at 0.9 V: M. Horowitz, "Computing's energy problem (and what we can do
 * about it)", ISSCC 2014. Given there for 8 and 32 bits; between them additions grow linearly, products by a power.
 */
export const horowitz = {
    source: "Horowitz, ISSCC 2014, 45 nm, 0.9 V",
    add: (bits) => (bits <= 8 ? (0.03 * bits) / 8 : 0.03 + ((bits - 8) * (0.1 - 0.03)) / 24),
    multiply: (a, b) => 0.2 * (Math.sqrt(a * b) / 8) ** (Math.log(3.1 / 0.2) / Math.log(4)),
};
/** Nanojoules of the taps of one frame: a subtraction or a product, and an addition to the sum, for each. */
export function arrayEnergy(net) {
    let picojoules = 0;
    for (const n of net.nodes) {
        if (n.op !== "sad" && n.op !== "mac")
            continue;
        const x = net.edges[n.inputs[0]].bits;
        const [h, w] = net.edges[n.output].shape;
        const taps = h * w * n.weights.rows.reduce((sum, r) => sum + r.length, 0);
        const sumBits = Math.ceil(Math.log2(n.accRange.max - Math.min(0, n.accRange.min) + 1));
        const first = n.op === "sad" ? horowitz.add(Math.max(x, n.weights.bits)) : horowitz.multiply(x, n.weights.bits);
        picojoules += taps * (first + horowitz.add(sumBits));
    }
    return picojoules / 1000;
}
/**
 * Nanojoules of the taps by the activity of their registers: the published energies are those of random operands, whose
 * results change every second bit, and shrink with the share that does change.
 */
export function activeEnergy(node, inputBits, activity) {
    const { bits } = node.weights;
    const first = node.op === "sad" ? horowitz.add(Math.max(inputBits, bits)) : horowitz.multiply(inputBits, bits);
    const share = (c) => (c.possible > 0 ? c.changed / c.possible / 0.5 : 0);
    const sums = activity.sums.reduce((sum, c) => sum + c.results * horowitz.add(c.bits) * share(c), 0);
    return (activity.taps.results * first * share(activity.taps) + sums) / 1000;
}
