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

/** Writes the reduction of `x` with each of the rows of weights from `first` on: as many as `out` has places. */
export type Reduce = (x: Float64Array, weights: Float64Array, first: number, out: Float64Array) => void;

/**
 * out[y, x, o] = reduction of the window of o's group with row o of the weights, in (ky, kx, channel) order, plus the
 * layer's bias where it has one; padding is zeros.
 */
export function slide(node: GraphNode, x: FloatTensor, weights: Float64Array, reduce: Reduce): FloatTensor {
  const g = geometry(node, x);
  const [oh, ow, oc] = node.shape;
  const inGroup = g.channels / g.groups;
  const outGroup = oc / g.groups;
  const taps = g.kernel[0] * g.kernel[1] * inGroup;
  if (weights.length !== taps * oc)
    throw new Error(`layer "${node.name}": ${weights.length} weights for ${oc} x ${taps}`);
  const columns = Array.from({ length: ow }, (_, ox) => g.columns(ox));
  const patch = new Float64Array(taps);
  const sums = new Float64Array(outGroup);
  const data = new Float64Array(oh * ow * oc);
  for (let oy = 0; oy < oh; oy++) {
    const rows = g.rows(oy);
    for (let ox = 0; ox < ow; ox++)
      for (let group = 0; group < g.groups; group++) {
        let k = 0;
        for (const y of rows)
          for (const cx of columns[ox]!) {
            const inside = g.inRows(y) && g.inColumns(cx);
            const from = (y * g.width + cx) * g.channels + group * inGroup;
            for (let c = 0; c < inGroup; c++) patch[k++] = inside ? x.data[from + c]! : 0;
          }
        reduce(patch, weights, group * outGroup, sums);
        data.set(sums, (oy * ow + ox) * oc + group * outGroup);
      }
  }
  const bias = node.tensors.bias?.data;
  if (bias) for (let i = 0; i < data.length; i++) data[i] = data[i]! + bias[i % oc]!;
  return { shape: node.shape, data };
}

// Four rows at a time read each x once: these two loops are nearly all of a network's time.

/** -SUM |x - w|: the distance of an adder layer. */
export const distance: Reduce = (x, w, first, out) => {
  const n = x.length;
  let o = 0;
  for (let at = first * n; o + 4 <= out.length; o += 4, at += 4 * n) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let k = 0; k < n; k++) {
      const v = x[k]!;
      a -= Math.abs(v - w[at + k]!);
      b -= Math.abs(v - w[at + n + k]!);
      c -= Math.abs(v - w[at + 2 * n + k]!);
      d -= Math.abs(v - w[at + 3 * n + k]!);
    }
    out[o] = a;
    out[o + 1] = b;
    out[o + 2] = c;
    out[o + 3] = d;
  }
  for (; o < out.length; o++) {
    let a = 0;
    for (let k = 0; k < n; k++) a -= Math.abs(x[k]! - w[(first + o) * n + k]!);
    out[o] = a;
  }
};

/** SUM x * w. */
export const product: Reduce = (x, w, first, out) => {
  const n = x.length;
  let o = 0;
  for (let at = first * n; o + 4 <= out.length; o += 4, at += 4 * n) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let k = 0; k < n; k++) {
      const v = x[k]!;
      a += v * w[at + k]!;
      b += v * w[at + n + k]!;
      c += v * w[at + 2 * n + k]!;
      d += v * w[at + 3 * n + k]!;
    }
    out[o] = a;
    out[o + 1] = b;
    out[o + 2] = c;
    out[o + 3] = d;
  }
  for (; o < out.length; o++) {
    let a = 0;
    for (let k = 0; k < n; k++) a += x[k]! * w[(first + o) * n + k]!;
    out[o] = a;
  }
};
