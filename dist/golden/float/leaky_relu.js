// y = x for x >= 0, slope * x below.
import { perValue } from "./layer.js";
export const leakyRelu = (node, [x]) => {
    const slope = node.attrs.slope;
    return perValue(node, x, (v) => (v >= 0 ? v : slope * v));
};
