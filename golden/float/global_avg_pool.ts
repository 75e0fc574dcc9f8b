// y = the mean of each channel over the whole map.
import type { FloatLayer } from "./layer.ts";

export const globalAvgPool: FloatLayer = (node, [x]) => {
  const channels = node.shape[2];
  const sum = new Float64Array(channels);
  for (let i = 0; i < x!.data.length; i++) sum[i % channels] = sum[i % channels]! + x!.data[i]!;
  return { shape: node.shape, data: sum.map((s) => s / (x!.data.length / channels)) };
};
