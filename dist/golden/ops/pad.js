import { sizeOf, storageFor } from "./op.js";
import { gather } from "./window.js";
export const padOp = (node, [x], { inputs, output }) => {
    const [height, width, channels] = output.shape;
    const data = storageFor(output.range, sizeOf(output.shape));
    for (let oy = 0; oy < height; oy++)
        for (let ox = 0; ox < width; ox++)
            data.set(gather(x, node.window, oy, ox, 0, channels, inputs[0].zeroPoint), (oy * width + ox) * channels);
    return { output: { shape: output.shape, data } };
};
