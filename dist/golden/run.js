import { evalNode } from "./ops/index.js";
import { sizeOf } from "./ops/op.js";
/** Name under which the accumulators of a node are returned. */
export const accName = (node) => `${node.name}.acc`;
/** Types of the edges at `node`; throws where the network has none of that name. */
export function edgesOf(net, node) {
    return { inputs: node.inputs.map((name) => edgeOf(net, name)), output: edgeOf(net, node.output) };
}
export function edgeOf(net, name) {
    const edge = net.edges[name];
    if (!edge)
        throw new Error(`network "${net.name}" has no edge "${name}"`);
    return edge;
}
/**
 * All tensors of one frame, by name.
 * @param image stored input values, HWC, in the input edge's shape
 * @throws RangeError where the image or any computed value leaves the range that its edge or node declares, or the
 *   image has another size
 */
export function runInteger(net, image, opts = {}) {
    const tensors = new Map();
    const input = edgeOf(net, net.inputEdge);
    checkTensor(image, input, net.inputEdge);
    tensors.set(net.inputEdge, { shape: input.shape, data: image.data });
    for (const node of net.nodes) {
        const inputs = node.inputs.map((name) => {
            const x = tensors.get(name);
            if (!x)
                throw new Error(`node "${node.name}" reads "${name}" before it is computed`);
            return x;
        });
        const edges = edgesOf(net, node);
        const { output, acc } = evalNode(node, inputs, edges);
        checkTensor(output, edges.output, node.output);
        tensors.set(node.output, output);
        if (acc && "accRange" in node) {
            checkValues(acc.data, node.accRange, accName(node));
            if (opts.keep !== undefined)
                tensors.set(accName(node), acc);
        }
    }
    return select(tensors, opts.keep);
}
function select(tensors, keep) {
    if (keep === undefined || keep === "all")
        return tensors;
    return new Map(keep.map((name) => {
        const t = tensors.get(name);
        if (!t)
            throw new Error(`no tensor "${name}"`);
        return [name, t];
    }));
}
/** Throws RangeError where the size or a value is not what the edge declares. */
export function checkTensor(t, edge, name) {
    if (t.data.length !== sizeOf(edge.shape))
        throw new RangeError(`${name}: ${t.data.length} values for shape [${edge.shape.join(", ")}]`);
    checkValues(t.data, edge.range, name);
}
export function checkValues(data, range, name) {
    for (let i = 0; i < data.length; i++)
        if (!(data[i] >= range.min && data[i] <= range.max))
            throw new RangeError(`${name}[${i}] is ${data[i]}, outside [${range.min}, ${range.max}]`);
}
