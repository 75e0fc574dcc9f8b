import { floatLayers } from "./index.js";
/** Real values of stored input integers: q * scale[c] + offset[c]. HWC. */
export function realInput(input, stored) {
    const channels = input.shape[2];
    return {
        shape: input.shape,
        data: Float64Array.from(stored.data, (q, i) => q * input.scale[i % channels] + input.offset[i % channels]),
    };
}
/**
 * Results of all layers by name, and the input under its own name.
 * @param image real values (see realInput), HWC, in the input's shape
 * @throws Error where the image has another size or a layer's kind is unknown
 */
export function runFloat(graph, image) {
    const size = graph.input.shape.reduce((a, b) => a * b, 1);
    if (image.data.length !== size)
        throw new RangeError(`${image.data.length} values for an input of ${size}`);
    const results = new Map([[graph.input.name, { shape: graph.input.shape, data: image.data }]]);
    for (const node of graph.nodes) {
        const layer = floatLayers.get(node.kind);
        if (!layer)
            throw new Error(`the float reference has no layer kind "${node.kind}"`);
        const inputs = node.inputs.map((name) => {
            const x = results.get(name);
            if (!x)
                throw new Error(`layer "${node.name}" reads "${name}" before it is computed`);
            return x;
        });
        results.set(node.name, layer(node, inputs));
    }
    return results;
}
