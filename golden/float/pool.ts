// The values under a window, one channel at a time.
import type { GraphNode, WindowAttrs } from "../../generator/ir/graph.ts";
import type { FloatTensor } from "../../generator/ir/tensor.ts";
import { geometry } from "./slide.ts";

/**
 * out = reduce(values inside the image, taps inside the image or its declared padding) for each position and channel.
 * A window that a rounded-up output size lets stick out further has taps that are neither.
 */
export function pool(
  node: GraphNode<WindowAttrs>,
  x: FloatTensor,
  reduce: (inside: readonly number[], onPadded: number) => number,
): FloatTensor {
  const g = geometry(node, x);
  const [oh, ow, channels] = node.shape;
  const data = new Float64Array(oh * ow * channels);
  for (let oy = 0; oy < oh; oy++)
    for (let ox = 0; ox < ow; ox++) {
      const [rows, columns] = [g.rows(oy), g.columns(ox)];
      const onPadded = rows.filter(g.onPaddedRows).length * columns.filter(g.onPaddedColumns).length;
      const pixels = rows
        .filter(g.inRows)
        .flatMap((y) => columns.filter(g.inColumns).map((cx) => (y * g.width + cx) * channels));
      for (let c = 0; c < channels; c++)
        data[(oy * ow + ox) * channels + c] = reduce(
          pixels.map((p) => x.data[p + c]!),
          onPadded,
        );
    }
  return { shape: node.shape, data };
}
