// Windows over real maps.
import type { GraphNode, WindowAttrs } from "../../generator/ir/graph.ts";
import type { FloatTensor } from "../../generator/ir/tensor.ts";
import { type FloatKernel, sumsOf } from "./kernel.ts";

/** Geometry of a layer whose window attributes sit in node.attrs, and of its input map. */
export function geometry(node: GraphNode<WindowAttrs>, x: FloatTensor) {
  const { kernel, stride, dilation, padding, groups } = node.attrs;
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

/** From so many windows and filters on, laying out the weights for a kernel pays. */
const MANY_WINDOWS = 8;
const MANY_FILTERS = 4;

/**
 * out[y, x, o] = reduction of the window of o's group with row o of the weights, in (ky, kx, channel) order, plus the
 * layer's bias where it has one; padding is zeros.
 * @param path "loops" leaves the kernels out; the result is the same
 */
export function slide(
  node: GraphNode<WindowAttrs>,
  x: FloatTensor,
  weights: Float64Array,
  reduce: Reduce,
  path: "kernels" | "loops" = "kernels",
): FloatTensor {
  const g = geometry(node, x);
  const [oh, ow, oc] = node.shape;
  const inGroup = g.channels / g.groups;
  const outGroup = oc / g.groups;
  const taps = g.kernel[0] * g.kernel[1] * inGroup;
  if (weights.length !== taps * oc)
    throw new Error(`layer "${node.name}": ${weights.length} weights for ${oc} x ${taps}`);
  const rows = Array.from({ length: oh }, (_, oy) => g.rows(oy));
  const columns = Array.from({ length: ow }, (_, ox) => g.columns(ox));
  const source = x.data;
  const gather = (p: number, group: number, to: Float64Array, at: number) => {
    let k = at;
    for (const y of rows[Math.floor(p / ow)]!)
      for (const cx of columns[p % ow]!) {
        const from = (y * g.width + cx) * g.channels + group * inGroup;
        if (g.inRows(y) && g.inColumns(cx)) for (let c = 0; c < inGroup; c++) to[k + c] = source[from + c]!;
        else for (let c = 0; c < inGroup; c++) to[k + c] = 0;
        k += inGroup;
      }
  };
  const many = oh * ow >= MANY_WINDOWS && outGroup >= MANY_FILTERS;
  const kernel = many && path === "kernels" ? kernelFor.get(reduce) : undefined;
  const data = new Float64Array(oh * ow * oc);
  const patch = new Float64Array(taps);
  const sums = new Float64Array(outGroup);
  for (let group = 0; group < g.groups; group++) {
    const first = group * outGroup;
    if (kernel)
      sumsOf(
        kernel,
        oh * ow,
        { data: weights, first, filters: outGroup, taps },
        (p, to, at) => gather(p, group, to, at),
        (p, from, at) => {
          for (let o = 0; o < outGroup; o++) data[p * oc + first + o] = from[at + o]!;
        },
      );
    else
      for (let p = 0; p < oh * ow; p++) {
        gather(p, group, patch, 0);
        reduce(patch, weights, first, sums);
        data.set(sums, p * oc + first);
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

const kernelFor: ReadonlyMap<Reduce, FloatKernel> = new Map([
  [distance, "distance64"],
  [product, "product64"],
]);
