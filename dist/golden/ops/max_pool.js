import { maximum } from "../arith/index.js";
import { sizeOf, storageFor } from "./op.js";
import { gather } from "./window.js";
export const maxPoolOp = (node, [x], { output }) => {
    const [oh, ow, channels] = output.shape;
    const data = storageFor(output.range, sizeOf(output.shape));
    let at = 0;
    for (let oy = 0; oy < oh; oy++)
        for (let ox = 0; ox < ow; ox++)
            for (let c = 0; c < channels; c++, at++)
                data[at] = maximum.eval(gather(x, node.window, oy, ox, c, 1, null));
    return { output: { shape: output.shape, data } };
};
