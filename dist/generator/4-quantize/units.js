import { layerOf } from "../layers/index.js";
export function consumersOf(graph) {
    const map = new Map([
        [graph.input.name, []],
        ...graph.nodes.map((n) => [n.name, []]),
    ]);
    for (const n of graph.nodes)
        for (const i of n.inputs)
            map.get(i).push(n);
    return map;
}
export function unitsOf(graph) {
    const consumers = consumersOf(graph);
    const taken = new Set();
    const units = [];
    for (const first of graph.nodes) {
        if (taken.has(first))
            continue;
        const start = layerOf(first.kind).quantize.role;
        const chain = [first];
        const affines = start === "affine" ? [first] : [];
        let activation = start === "activation" ? first : undefined;
        let before = first;
        if (start === "anchor" || start === "join" || start === "affine" || start === "activation")
            for (;;) {
                const at = chain.at(-1);
                const next = consumers.get(at.name);
                if (next.length !== 1 || graph.outputs.includes(at.name))
                    break;
                const role = layerOf(next[0].kind).quantize.role;
                if (role === "affine" && start !== "join" && !activation) {
                    affines.push(next[0]);
                    before = next[0];
                }
                else if (role === "activation" && !activation)
                    activation = next[0];
                else if (role !== "none")
                    break;
                chain.push(next[0]);
            }
        for (const n of chain)
            taken.add(n);
        units.push({ first, affines, activation, layers: chain, last: chain.at(-1), beforeActivation: before });
    }
    return units;
}
