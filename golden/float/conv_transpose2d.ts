// Transposed convolution as it is defined: every pixel times the kernel, added where it falls. Weights are in reverse.
import type { TransposeAttrs } from "../../generator/ir/graph.ts";
import type { FloatLayer } from "./layer.ts";
import { weightsOf } from "./layer.ts";

export const convTranspose2d: FloatLayer<TransposeAttrs> = (node, [x]) => {
  const { kernel, dilation, padding, groups, insert } = node.attrs;
  const [rows, columns, channels] = x!.shape as readonly [number, number, number];
  const [height, width, filters] = node.shape;
  const weights = weightsOf(node, "weights");
  const [ins, outs] = [channels / groups, filters / groups];
  const [kh, kw] = kernel;
  const top = (kh - 1) * dilation[0] - padding[0];
  const left = (kw - 1) * dilation[1] - padding[1];
  const bias = node.tensors.bias?.data;
  const data = Float64Array.from({ length: height * width * filters }, (_, i) => bias?.[i % filters] ?? 0);
  for (let y = 0; y < rows; y++)
    for (let c = 0; c < columns; c++)
      for (let ky = 0; ky < kh; ky++)
        for (let kx = 0; kx < kw; kx++) {
          const oy = y * insert[0] + ky * dilation[0] - top;
          const ox = c * insert[1] + kx * dilation[1] - left;
          if (oy < 0 || oy >= height || ox < 0 || ox >= width) continue;
          const tap = (kh - 1 - ky) * kw + kw - 1 - kx;
          for (let o = 0; o < filters; o++) {
            const from = (y * columns + c) * channels + Math.floor(o / outs) * ins;
            const row = (o * kh * kw + tap) * ins;
            let sum = 0;
            for (let i = 0; i < ins; i++) sum += x!.data[from + i]! * weights[row + i]!;
            data[(oy * width + ox) * filters + o]! += sum;
          }
        }
  return { shape: node.shape, data };
};
