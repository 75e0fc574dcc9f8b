// Windows over real maps.
import type { GraphNode, WindowAttrs } from "../../generator/ir/graph.ts";
import type { FloatTensor } from "../../generator/ir/tensor.ts";

/** Geometry of a layer whose window attributes sit in node.attrs, and of its input map. */
export function geometry(node: GraphNode, x: FloatTensor) {
  const { kernel, stride, dilation, padding, groups } = node.attrs as unknown as WindowAttrs;
  const [height, width, channels] = x.shape as readonly [number, number, number];
  return {
    height,
    width,
    channels,
    groups: groups ?? 1,
    kernel,
    /** Rows of the image under the window of output row oy, one for each tap; some may lie outside. */
    rows: (oy: number) => Array.from({ length: kernel[0] }, (_, k) => oy * stride[0] - padding[0] + k * dilation[0]),
    columns: (ox: number) => Array.from({ length: kernel[1] }, (_, k) => ox * stride[1] - padding[1] + k * dilation[1]),
    inRows: (y: number) => y >= 0 && y < height,
    inColumns: (c: number) => c >= 0 && c < width,
    /** Whether a row or column lies on the image or its declared padding. */
    onPaddedRows: (y: number) => y >= -padding[0] && y < height + padding[2],
    onPaddedColumns: (c: number) => c >= -padding[1] && c < width + padding[3],
  };
}

/**
 * out[y, x, o] = reduce(window of o's group, weights of o): `patch` holds the window in (ky, kx, channel) order with zeros
 * for padding, the weights of o begin at o * patch.length.
 */
export function slide(
  node: GraphNode,
  x: FloatTensor,
  weights: Float64Array,
  reduce: (patch: Float64Array, weights: Float64Array, from: number) => number,
): FloatTensor {
  const g = geometry(node, x);
  const [oh, ow, oc] = node.shape;
  const inGroup = g.channels / g.groups;
  const outGroup = oc / g.groups;
  const taps = g.kernel[0] * g.kernel[1] * inGroup;
  if (weights.length !== taps * oc)
    throw new Error(`layer "${node.name}": ${weights.length} weights for ${oc} x ${taps}`);
  const patch = new Float64Array(taps);
  const data = new Float64Array(oh * ow * oc);
  for (let oy = 0; oy < oh; oy++)
    for (let ox = 0; ox < ow; ox++)
      for (let group = 0; group < g.groups; group++) {
        patch.fill(0);
        g.rows(oy).forEach((y, ky) => {
          if (!g.inRows(y)) return;
          g.columns(ox).forEach((cx, kx) => {
            if (!g.inColumns(cx)) return;
            const from = (y * g.width + cx) * g.channels + group * inGroup;
            patch.set(x.data.subarray(from, from + inGroup), (ky * g.kernel[1] + kx) * inGroup);
          });
        });
        for (let o = group * outGroup; o < (group + 1) * outGroup; o++)
          data[(oy * ow + ox) * oc + o] = reduce(patch, weights, o * taps);
      }
  const bias = node.tensors.bias?.data;
  if (bias) for (let i = 0; i < data.length; i++) data[i] = data[i]! + bias[i % oc]!;
  return { shape: node.shape, data };
}

/** -SUM |x - w|: the distance of an adder layer. */
export function distance(x: Float64Array, w: Float64Array, from: number): number {
  let s = 0;
  for (let k = 0; k < x.length; k++) s += Math.abs(x[k]! - w[from + k]!);
  return 0 - s;
}

/** SUM x * w. */
export function product(x: Float64Array, w: Float64Array, from: number): number {
  let s = 0;
  for (let k = 0; k < x.length; k++) s += x[k]! * w[from + k]!;
  return s;
}
