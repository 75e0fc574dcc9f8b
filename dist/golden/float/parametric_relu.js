// y = x for x >= 0, slope[c] * x below; one slope for all channels where the tensor has one value.
import { perValue, weightsOf } from "./layer.js";
export const parametricRelu = (node, [x]) => {
    const slope = weightsOf(node, "slope");
    return perValue(node, x, (v, c) => (v >= 0 ? v : slope[slope.length === 1 ? 0 : c] * v));
};
