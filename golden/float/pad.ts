// The map inside a margin of zeros.
import type { WindowAttrs } from "../../generator/ir/graph.ts";
import type { FloatLayer } from "./layer.ts";

export const pad: FloatLayer<Pick<WindowAttrs, "padding">> = (node, [x]) => {
  const [top, left] = node.attrs.padding;
  const [height, width, channels] = node.shape;
  const data = new Float64Array(height * width * channels);
  const [rows, columns] = x!.shape as readonly [number, number, number];
  for (let y = 0; y < rows; y++)
    data.set(
      x!.data.subarray(y * columns * channels, (y + 1) * columns * channels),
      ((y + top) * width + left) * channels,
    );
  return { shape: node.shape, data };
};
