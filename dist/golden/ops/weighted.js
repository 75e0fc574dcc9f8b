import { requant } from "../arith/index.js";
import { sizeOf, storageFor } from "./op.js";
import { gather } from "./window.js";
/** `reduce` makes the accumulator of one window and one row. */
export function weighted(node, x, edges, reduce) {
    const { window, weights, accRange } = node;
    const [oh, ow, channels] = edges.output.shape;
    const perGroup = { in: x.shape[2] / window.groups, out: channels / window.groups };
    const acc = storageFor(accRange, sizeOf(edges.output.shape));
    const output = storageFor(edges.output.range, acc.length);
    let at = 0;
    for (let oy = 0; oy < oh; oy++)
        for (let ox = 0; ox < ow; ox++)
            for (let group = 0; group < window.groups; group++) {
                const taps = gather(x, window, oy, ox, group * perGroup.in, perGroup.in, edges.inputs[0].zeroPoint);
                for (let o = group * perGroup.out; o < (group + 1) * perGroup.out; o++, at++) {
                    acc[at] = reduce(taps, weights.rows[o]);
                    output[at] = requant.eval(node.requant, acc[at], o);
                }
            }
    return { output: { shape: edges.output.shape, data: output }, acc: { shape: edges.output.shape, data: acc } };
}
