// Pixel shuffle: the channels of a pixel become a block of pixels.
import type { DepthToSpaceNode } from "../../generator/ir/quantized.ts";
import { type Op, sizeOf, storageFor } from "./op.ts";

export const depthToSpaceOp: Op<DepthToSpaceNode> = ({ block, order }, [x], { output }) => {
  const [height, width, channels] = output.shape;
  const [down, right] = block;
  const data = storageFor(output.range, sizeOf(output.shape));
  let at = 0;
  for (let oy = 0; oy < height; oy++)
    for (let ox = 0; ox < width; ox++)
      for (let c = 0; c < channels; c++, at++) {
        const pixel = Math.floor(oy / down) * x!.shape[1] + Math.floor(ox / right);
        const place = (oy % down) * right + (ox % right);
        const channel = order === "crd" ? c * down * right + place : place * channels + c;
        data[at] = x!.data[pixel * x!.shape[2] + channel]!;
      }
  return { output: { shape: output.shape, data } };
};
