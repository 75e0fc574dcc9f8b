// The integer arrays of a network that leave it: weights and requantize constants, by node.
import { fileName } from "../names/names.js";
/** Bits of the narrowest two's complement that holds all values; values are exact integers below 2^53. */
export function signedBits(values) {
    let bits = 1;
    for (const value of values)
        while (value < -(2 ** (bits - 1)) || value >= 2 ** (bits - 1))
            bits++;
    return bits;
}
const constants = (role, values, stem) => ({
    role,
    shape: [values.length],
    values,
    bits: signedBits(values),
    signed: true,
    stem: `${stem}.${role}`,
});
function weightArray(node, stem) {
    const { rows, bits, signed } = node.weights;
    const [kh, kw] = node.window.kernel;
    const taps = rows[0]?.length ?? 0;
    return {
        role: "weights",
        shape: [rows.length, kh, kw, taps / (kh * kw)],
        values: rows.flatMap((row) => [...row]),
        bits,
        signed,
        stem: `${stem}.weights`,
    };
}
function requantArrays(requant, stem) {
    const { multiplier, bias, negative } = requant;
    const arrays = [constants("multiplier", multiplier, stem), constants("bias", bias, stem)];
    if (!negative)
        return arrays;
    return [...arrays, constants("negmultiplier", negative.multiplier, stem), constants("negbias", negative.bias, stem)];
}
function arraysOf(node, stem) {
    switch (node.op) {
        case "sad":
        case "mac":
            return [weightArray(node, stem), ...requantArrays(node.requant, stem)];
        case "requant":
        case "avg_pool":
            return requantArrays(node.requant, stem);
        case "add":
            return [constants("multiplier", node.multipliers, stem), constants("bias", [node.bias], stem)];
        default:
            return [];
    }
}
function isDepthwise(node, { edges }) {
    if (node.op !== "sad" && node.op !== "mac")
        return false;
    const channels = edges[node.inputs[0]].shape[2];
    return channels > 1 && node.window.groups === channels && edges[node.output].shape[2] === channels;
}
/** The nodes of a network that have arrays, in its order. */
export function exportLayers(net) {
    const taken = new Set(["manifest"]);
    const edge = (name) => ({ edge: name, ...net.edges[name] });
    return net.nodes.flatMap((node) => {
        const arrays = arraysOf(node, "");
        if (arrays.length === 0)
            return [];
        const requant = "requant" in node ? node.requant : undefined;
        const stem = fileName(node.name, taken);
        return [
            {
                name: node.name,
                op: node.op,
                layers: node.layers,
                inputs: node.inputs.map(edge),
                output: edge(node.output),
                shift: requant?.shift ?? (node.op === "add" ? node.shift : 0),
                clamp: requant ? requant.clamp : node.op === "add" ? node.clamp : null,
                pivot: requant?.negative?.pivot ?? null,
                depthwise: isDepthwise(node, net),
                arrays: arraysOf(node, stem),
            },
        ];
    });
}
