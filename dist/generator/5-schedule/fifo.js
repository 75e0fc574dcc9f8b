import { pixelsOf } from "../ops/define.js";
import { hardwareOf } from "../ops/index.js";
/** Output rows of the join by which its slowest branch may run ahead, so that line buffers refill without a stall. */
const LOOKAHEAD_ROWS = 3;
/** Pixels of a beat of `lanes` lanes, and `n` pixels in whole beats. */
const pixelsOfBeat = (lanes, channels) => Math.max(1, lanes / channels);
const inBeats = (n, beat) => Math.ceil(n / beat) * beat;
/**
 * Pixels that wait on each input of every node with several inputs, by node name. Let branch i need n_i(p) pixels of a
 * common ancestor before it gives its pixel p. While the slowest branch collects T = max_j n_j(p), branch i may already
 * have given every pixel that T allows: all but the p that the join has taken must find room, else the fork stops and
 * nothing moves again. Never more than the branch's tensor. Where beats hold several pixels, whole beats count.
 */
export function joinDepths(net, planned) {
    const producer = new Map(net.nodes.map((n) => [n.output, n]));
    const readers = new Map();
    for (const e of net.nodes.flatMap((n) => n.inputs))
        readers.set(e, (readers.get(e) ?? 0) + 1);
    const depths = new Map();
    for (const node of net.nodes) {
        if (node.inputs.length < 2)
            continue;
        // For each input: ancestor edges with the need of every pixel of the input.
        const reach = node.inputs.map((e) => ancestors(e));
        const own = node.inputs.map(() => 0);
        const shared = [...new Set(reach.flatMap((r) => [...r.keys()]))].filter((e) => (readers.get(e) ?? 0) > 1 && reach.filter((r) => r.has(e)).length > 1);
        for (const e of shared) {
            const total = pixelsOf(net.edges[e]);
            const needs = reach.map((r) => r.get(e));
            const { types, lanesIn } = planned(node);
            const pixels = pixelsOf(types.output);
            const ahead = LOOKAHEAD_ROWS * types.output.shape[1];
            const need = (n, p) => total * Math.floor(p / pixels) + n[p % pixels];
            needs.forEach((mine, i) => {
                if (!mine)
                    return;
                const others = needs.filter((_, j) => j !== i);
                // Pixels waiting at most, when the other branches collect what their pixel p + lead needs.
                const waiting = (lead) => {
                    let given = 0;
                    let deepest = 0;
                    for (let p = 0; p < pixels; p++) {
                        const tokens = Math.max(...others.map((n) => (n ? need(n, p + lead) : 0)));
                        // Needs do not decrease: the pointer only moves forward.
                        while (given < 3 * pixels && need(mine, given) <= tokens)
                            given++;
                        deepest = Math.max(deepest, given - p);
                    }
                    return deepest;
                };
                // A branch that never waits for another one stops itself without harm. One that is at most a pixel ahead needs
                // room for that pixel: its first beats may wait for a result that takes all of the fork's beats.
                const now = waiting(0);
                const deepest = now <= 1 ? now : waiting(ahead);
                // The join takes a beat when all of it is there.
                const beat = pixelsOfBeat(lanesIn, types.inputs[i].shape[2]);
                const whole = deepest === 0 ? 0 : deepest + beat - 1;
                own[i] = Math.max(own[i], Math.min(whole, pixelsOf(net.edges[node.inputs[i]])));
            });
        }
        depths.set(node.name, own);
    }
    return depths;
    /** For every edge that `edge` depends on: its pixels needed for each pixel of `edge`. */
    function ancestors(edge) {
        const pixels = pixelsOf(net.edges[edge]);
        const found = new Map([[edge, Float64Array.from({ length: pixels }, (_, p) => p + 1)]]);
        // Nodes are in topological order: backwards, every reader of an edge comes before the edge's own producer.
        for (let k = net.nodes.length - 1; k >= 0; k--) {
            const node = net.nodes[k];
            const after = found.get(node.output);
            if (!after || producer.get(node.output) !== node)
                continue;
            const op = hardwareOf(node);
            const { types, lanesIn, lanesOut } = planned(node);
            const beatOut = pixelsOfBeat(lanesOut, types.output.shape[2]);
            for (const [i, input] of node.inputs.entries()) {
                const beatIn = pixelsOfBeat(lanesIn, types.inputs[i].shape[2]);
                const before = after.map((n) => n === 0 ? 0 : inBeats(op?.needs(node, types, inBeats(n, beatOut) - 1) ?? n, beatIn));
                const known = found.get(input);
                found.set(input, known ? known.map((n, p) => Math.max(n, before[p])) : before);
            }
        }
        return found;
    }
}
