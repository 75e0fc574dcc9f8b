// Frames for the stand-alone test bench of a build.
import { runInteger } from "../../golden/index.js";
/** `images` (stored integers, HWC) and what the golden model computes from them. */
export function goldenVectors(net, images) {
    const outputs = images.map((image) => {
        const tensors = runInteger(net, image, { keep: net.outputs });
        return net.outputs.map((name) => tensors.get(name));
    });
    return { images, outputs };
}
