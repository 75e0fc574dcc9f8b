// Every pixel repeated `factor` times down and right (nearest neighbour).
import type { FloatLayer } from "./layer.ts";

export const upsample: FloatLayer<{ readonly factor: readonly [number, number] }> = (node, [x]) => {
  const [down, right] = node.attrs.factor;
  const [height, width, channels] = node.shape;
  const data = new Float64Array(height * width * channels);
  for (let oy = 0; oy < height; oy++)
    for (let ox = 0; ox < width; ox++) {
      const from = (Math.floor(oy / down) * x!.shape[1]! + Math.floor(ox / right)) * channels;
      data.set(x!.data.subarray(from, from + channels), (oy * width + ox) * channels);
    }
  return { shape: node.shape, data };
};
