// Index of each pixel's largest channel, the lowest on a tie.
import type { FloatLayer } from "./layer.ts";

export const argmax: FloatLayer = (node, [x]) => {
  const { data, shape } = x!;
  const channels = shape.at(-1)!;
  const indices = Float64Array.from({ length: data.length / channels }, (_, p) => {
    let best = 0;
    for (let c = 1; c < channels; c++) if (data[p * channels + c]! > data[p * channels + best]!) best = c;
    return best;
  });
  return { shape: node.shape, data: indices };
};
