import { accName, edgeOf, edgesOf } from "../run.js";
import { Arena } from "./arena.js";
import { callsFor } from "./calls.js";
import { placeFor, sizeFor } from "./place.js";
/** @param keep names of accumulators (`n.acc`) to fill, or "all" */
export function programFor(net, keep, path = "kernels") {
    const arena = new Arena();
    const tensors = new Map();
    const inputEdge = edgeOf(net, net.inputEdge);
    const sizeOfLoops = (range) => (sizeFor(range) === 8 ? 8 : 4);
    const input = placeFor(arena, inputEdge.shape, path === "kernels" ? sizeFor(inputEdge.range) : sizeOfLoops(inputEdge.range));
    tensors.set(net.inputEdge, input);
    const steps = net.nodes.map((node) => {
        const edges = edgesOf(net, node);
        const inputs = node.inputs.map((name) => {
            const place = tensors.get(name);
            if (!place)
                throw new Error(`node "${node.name}" reads "${name}" before it is computed`);
            return place;
        });
        const kept = "accRange" in node && (keep === "all" || keep.includes(accName(node)));
        const done = path === "kernels" ? callsFor(arena, { node, edges, inputs, keep: kept }) : undefined;
        const output = done?.output ?? placeFor(arena, edges.output.shape, sizeOfLoops(edges.output.range));
        const acc = done ? done.acc : kept ? placeFor(arena, edges.output.shape, sizeOfLoops(node.accRange)) : undefined;
        tensors.set(node.output, output);
        if (acc)
            tensors.set(accName(node), acc);
        return {
            name: node.output,
            work: done?.calls ?? { node, edges, inputs, acc },
            output,
            check: !done || done.checked ? edges.output.range : undefined,
        };
    });
    return { pages: arena.pages, constants: arena.constants, input, steps, tensors };
}
