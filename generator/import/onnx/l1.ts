// Adder layers that a model spells out: windows gathered, the weights subtracted, absolute values summed and negated.
// Exporters differ in every detail of it, so it is recognized by what it computes.
import { bounded, sizeOf } from "./evaluate.ts";
import type { Constant } from "./tensors.ts";
import type { FreeValue } from "./values.ts";

export interface Recognized {
  readonly kernel: readonly [number, number];
  readonly stride: number;
  readonly padding: number;
  /** [out, in, kernel, kernel], or [out, in] for a vector. */
  readonly weights: Constant;
}

/** Numbers from `least` on for a layer's result, over a range, no two of them alike. Throws RangeError for too many. */
function numbers(shape: readonly number[], least: number, range: number): Constant {
  let seed = 12345;
  const data = Float64Array.from({ length: bounded(shape) }, () => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return least + (seed / 2 ** 31) * range;
  });
  return { shape, type: 1, data };
}

/** Numbers between 0 and 4, of the size of weights. */
export const example = (shape: readonly number[]): Constant => numbers(shape, 0, 4);
/** Numbers far below and above zero. */
export const wideExample = (shape: readonly number[]): Constant => numbers(shape, -(2 ** 18), 2 ** 19);

/** -sum |x - w| over windows of [C, H, W], one image. */
function adder(
  x: Float64Array,
  [c, h, w]: readonly number[],
  weights: Float64Array,
  f: { o: number; k: number; s: number; p: number },
) {
  const [oh, ow] = [h!, w!].map((n) => Math.floor((n + 2 * f.p - f.k) / f.s) + 1) as [number, number];
  const out = new Float64Array(f.o * oh * ow);
  const taps = c! * f.k * f.k;
  for (let o = 0; o < f.o; o++)
    for (let y = 0; y < oh; y++)
      for (let z = 0; z < ow; z++) {
        let sum = 0;
        for (let t = 0; t < taps; t++) {
          const [ch, ky, kx] = [Math.floor(t / (f.k * f.k)), Math.floor(t / f.k) % f.k, t % f.k];
          const [row, col] = [y * f.s - f.p + ky, z * f.s - f.p + kx];
          const inside = row >= 0 && row < h! && col >= 0 && col < w!;
          sum += Math.abs((inside ? x[(ch * h! + row) * w! + col]! : 0) - weights[o * taps + t]!);
        }
        out[(o * oh + y) * ow + z] = -sum;
      }
  return out;
}

const close = (a: Float64Array, b: Float64Array, offset: number): boolean => {
  for (let i = 0; i < a.length; i++) if (Math.abs(a[i]! - b[offset + i]!) > 1e-5 * (1 + Math.abs(a[i]!))) return false;
  return true;
};

/** The adder layer that a value is; undefined where it is none. `batch` is the number of images of the model. */
export function recognize(value: FreeValue, batch: number, spend: (count: number) => void): Recognized | undefined {
  const { root, computed } = value;
  const { shape } = computed;
  const map = root.shape.length === 3;
  // A constant a channel is a layer of its own, which leaves weights of zero.
  const weights = value.weights ?? { shape: [], type: 1, data: new Float64Array(root.shape[0]) };
  if (shape[0] !== batch || shape.length !== (map ? 4 : 2)) return undefined;
  const [c, h, w] = map ? root.shape : [root.shape[0]!, 1, 1];
  const o = shape[1]!;
  const k = Math.sqrt(weights.data.length / (o * c!));
  if (!Number.isInteger(k) || k < 1) return undefined;
  const [oh, ow] = map ? [shape[2]!, shape[3]!] : [1, 1];
  const [x, wide] = [example([batch, ...root.shape]), wideExample([batch, ...root.shape])];
  const size = (n: number, s: number, p: number): number => Math.floor((n + 2 * p - k) / s) + 1;
  for (let p = 0; p < k; p++)
    for (let s = 1; s <= Math.max(h!, w!, 1); s++) {
      if (size(h!, s, p) !== oh || size(w!, s, p) !== ow) continue;
      for (const ordered of [weights.data, transposed(weights.data, o)]) {
        spend(computed.data.length * c! * k * k);
        const same = (values: Constant, result: Constant) =>
          close(
            adder(values.data.subarray(0, sizeOf(root.shape)), [c!, h!, w!], ordered, { o, k, s, p }),
            result.data,
            0,
          );
        if (!same(x, computed) || !same(wide, value.wide)) continue;
        const tensor = { shape: map ? [o, c!, k, k] : [o, c!], type: 1, data: ordered };
        return { kernel: [k, k], stride: s, padding: p, weights: tensor };
      }
    }
  return undefined;
}

/** [taps, outputs] as [outputs, taps]. */
function transposed(data: Float64Array, outputs: number): Float64Array {
  const taps = data.length / outputs;
  return Float64Array.from({ length: data.length }, (_, i) => data[(i % taps) * outputs + Math.floor(i / taps)]!);
}
