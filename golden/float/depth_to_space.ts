// Pixel shuffle: channels [C, down, right] (crd) or [down, right, C] (dcr) of a pixel become a block of pixels.
import type { FloatLayer } from "./layer.ts";

interface Attrs {
  readonly block: readonly [number, number];
  readonly order: "crd" | "dcr";
}

export const depthToSpace: FloatLayer<Attrs> = (node, [x]) => {
  const { block, order } = node.attrs;
  const [down, right] = block;
  const [height, width, inner] = x!.shape as [number, number, number];
  const channels = inner / (down * right);
  const data = new Float64Array(x!.data.length);
  for (let y = 0; y < height; y++)
    for (let c = 0; c < width; c++)
      for (let k = 0; k < inner; k++) {
        const [place, channel] =
          order === "crd"
            ? [k % (down * right), Math.floor(k / (down * right))]
            : [Math.floor(k / channels), k % channels];
        const [dy, dx] = [Math.floor(place / right), place % right];
        const to = ((y * down + dy) * width * right + c * right + dx) * channels + channel;
        data[to] = x!.data[(y * width + c) * inner + k]!;
      }
  return { shape: node.shape, data };
};
