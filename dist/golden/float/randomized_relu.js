// y = x for x >= 0, below the mean of the two slopes times x, as at inference in PyTorch.
import { perValue } from "./layer.js";
export const randomizedRelu = (node, [x]) => {
    const slope = (node.attrs.lower + node.attrs.upper) / 2;
    return perValue(node, x, (v) => (v >= 0 ? v : slope * v));
};
