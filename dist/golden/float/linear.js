import { weightsOf } from "./layer.js";
import { product } from "./slide.js";
export const linear = (node, [x]) => fullyConnected(node, x, weightsOf(node, "weights"), product);
/** out[o] = reduction of all of x, in HWC order, with row o of `weights`, plus bias[o]. */
export function fullyConnected(node, x, weights, reduce) {
    const units = node.shape[2];
    const inputs = x.data.length;
    if (weights.length !== units * inputs)
        throw new Error(`layer "${node.name}": ${weights.length} weights for ${units} x ${inputs}`);
    const data = new Float64Array(units);
    reduce(x.data, weights, 0, data);
    const bias = node.tensors.bias?.data;
    return { shape: node.shape, data: bias ? data.map((v, o) => v + bias[o]) : data };
}
