import { requant, windowSum } from "../arith/index.js";
import { sizeOf, storageFor } from "./op.js";
import { gather } from "./window.js";
export const avgPoolOp = (node, [x], { inputs, output }) => {
    const [oh, ow, channels] = output.shape;
    const acc = storageFor(node.accRange, sizeOf(output.shape));
    const data = storageFor(output.range, acc.length);
    let at = 0;
    for (let oy = 0; oy < oh; oy++)
        for (let ox = 0; ox < ow; ox++)
            for (let c = 0; c < channels; c++, at++) {
                acc[at] = windowSum.eval(gather(x, node.window, oy, ox, c, 1, inputs[0].zeroPoint));
                const first = (node.classes?.[oy * ow + ox] ?? 0) * channels;
                data[at] = requant.eval(node.requant, acc[at], first + c);
            }
    return { output: { shape: output.shape, data }, acc: { shape: output.shape, data: acc } };
};
