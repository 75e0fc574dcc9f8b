// Orders of tensors: PyTorch keeps channels first, streams and the compiler keep them last.
import type { FloatTensor, Shape } from "../ir/tensor.ts";
import type { Feature, Layout } from "./define.ts";

/** Permutes axes: out axis i is in axis `axes[i]`. */
export function transpose(t: FloatTensor, axes: readonly number[]): FloatTensor {
  const shape = axes.map((a) => t.shape[a]!);
  const strides = t.shape.map((_, i) => t.shape.slice(i + 1).reduce((a, b) => a * b, 1));
  const step = axes.map((a) => strides[a]!);
  const data = new Float64Array(t.data.length);
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let i = 0; i < data.length; i++) {
    data[i] = t.data[from]!;
    for (let a = shape.length - 1; a >= 0; a--) {
      from += step[a]!;
      if (++index[a]! < shape[a]!) break;
      from -= step[a]! * shape[a]!;
      index[a] = 0;
    }
  }
  return { shape, data };
}

/** For each position of a channels-last vector, its position in the channels-first one. */
function chwPositions([h, w, c]: Shape): Int32Array {
  const map = new Int32Array(h * w * c);
  let i = 0;
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) for (let ch = 0; ch < c; ch++) map[i++] = (ch * h + y) * w + x;
  return map;
}

/** Convolution weights [out, in, kh, kw] of PyTorch to [out, kh, kw, in]. */
export const convWeights = (layout: Layout) => (t: FloatTensor) =>
  layout === "pytorch" ? transpose(t, [0, 2, 3, 1]) : t;

export const sameOrder = (a: Feature, b: Feature): boolean => a.flattenedFrom?.join() === b.flattenedFrom?.join();

/** Of messages about vectors whose order would be another than PyTorch's. */
export const orderOf = ({ flattenedFrom }: Feature): string =>
  flattenedFrom ? `the values of a flattened map of ${flattenedFrom.join(" x ")}, pixel by pixel` : "PyTorch's order";

/** Reorders the first axis of a tensor that runs over the channels of `feature`. */
export function rowsOf(feature: Feature, layout: Layout) {
  return (t: FloatTensor): FloatTensor => {
    if (layout !== "pytorch" || !feature.flattenedFrom) return t;
    const map = chwPositions(feature.flattenedFrom);
    const n = t.data.length / map.length;
    const data = new Float64Array(t.data.length);
    for (let i = 0; i < map.length; i++) data.set(t.data.subarray(map[i]! * n, (map[i]! + 1) * n), i * n);
    return { shape: t.shape, data };
  };
}

/** Reorders the last axis of a tensor that runs over the channels of `feature`, if it came from a flattened map. */
export function channelsOf(feature: Feature, layout: Layout) {
  return (t: FloatTensor): FloatTensor => {
    if (layout !== "pytorch" || !feature.flattenedFrom) return t;
    const map = chwPositions(feature.flattenedFrom);
    const n = map.length;
    const data = new Float64Array(t.data.length);
    for (let row = 0; row < t.data.length; row += n) for (let i = 0; i < n; i++) data[row + i] = t.data[row + map[i]!]!;
    return { shape: t.shape, data };
  };
}
