/** The layer's tensor `role`; throws where the node has none. */
export function weightsOf(node, role) {
    const t = node.tensors[role];
    if (!t)
        throw new Error(`layer "${node.name}" has no tensor "${role}"`);
    return t.data;
}
/** The same function of every value and its channel. */
export function perValue(node, x, f) {
    const channels = node.shape[2];
    const data = new Float64Array(x.data.length);
    for (let i = 0, c = 0; i < data.length; i++, c = c + 1 === channels ? 0 : c + 1)
        data[i] = f(x.data[i], c);
    return { shape: node.shape, data };
}
/** A layer that is a function of each value alone. */
export const pointwise = (f) => (node, [x]) => perValue(node, x, f);
