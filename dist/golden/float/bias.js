// y = x + bias of each channel.
import { perValue, weightsOf } from "./layer.js";
export const bias = (node, [x]) => {
    const b = weightsOf(node, "bias");
    return perValue(node, x, (v, c) => v + b[c]);
};
