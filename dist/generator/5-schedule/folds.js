import { hardwareOf } from "../ops/index.js";
/** Legal folds of each node, by its name; a node without hardware has none. */
export function legalFolds(net) {
    const found = new Map();
    for (const node of net.nodes) {
        const types = { inputs: node.inputs.map((e) => net.edges[e]), output: net.edges[node.output] };
        const op = hardwareOf(node);
        if (op)
            found.set(node.name, { ...op.folds(node, types), lanes: (fold) => op.plan(node, types, fold).lanes });
    }
    return found;
}
