// y[o] = -SUM |x - w[o]| over the window on the map with zeros between its pixels; those and padding count.
import type { TransposeAttrs } from "../../generator/ir/graph.ts";
import type { FloatTensor } from "../../generator/ir/tensor.ts";
import type { FloatLayer } from "./layer.ts";
import { weightsOf } from "./layer.ts";
import { distance, slide } from "./slide.ts";

export const adderConvTranspose2d: FloatLayer<TransposeAttrs> = (node, [x]) =>
  slide(node, apart(x!, node.attrs.insert), weightsOf(node, "weights"), distance);

function apart({ shape, data }: FloatTensor, [down, right]: readonly [number, number]): FloatTensor {
  const [rows, columns, channels] = shape as readonly [number, number, number];
  const [height, width] = [(rows - 1) * down + 1, (columns - 1) * right + 1];
  const wide = new Float64Array(height * width * channels);
  for (let y = 0; y < rows; y++)
    for (let c = 0; c < columns; c++) {
      const from = (y * columns + c) * channels;
      wide.set(data.subarray(from, from + channels), (y * down * width + c * right) * channels);
    }
  return { shape: [height, width, channels], data: wide };
}
