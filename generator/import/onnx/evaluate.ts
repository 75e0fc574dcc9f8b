// The operators that move data and compute shapes, on constants: what exporters put between the layers.
import { elementCount } from "../../files/tensor.ts";
import type { Constant } from "./tensors.ts";

const FLOAT = 1;
const INT64 = 7;

/** Attributes of a node, read by name; see Attributes in node.ts. */
export interface Reader {
  int(name: string, fallback: number): number;
  ints(name: string): readonly number[] | undefined;
  float(name: string, fallback: number): number;
  text(name: string, fallback: string): string;
  tensor(name: string): Constant | undefined;
  /** Counts numbers that were computed; throws when a model asks for more than any network needs. */
  spend(count: number): void;
}

type Rule = (inputs: readonly (Constant | undefined)[], a: Reader) => Constant | undefined;

const scalar = (value: number, type = FLOAT): Constant => ({ shape: [], type, data: Float64Array.of(value) });
export const vector = (values: readonly number[], type = INT64): Constant => ({
  shape: [values.length],
  type,
  data: Float64Array.from(values),
});

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const stridesOf = (shape: readonly number[]): number[] => shape.map((_, i) => sizeOf(shape.slice(i + 1)));

/** Calls `each` with the indices of every element, in raster order. */
function walk(shape: readonly number[], each: (index: readonly number[], at: number) => void): void {
  const index = new Array<number>(shape.length).fill(0);
  const count = sizeOf(shape);
  for (let at = 0; at < count; at++) {
    each(index, at);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** An exporter's own arithmetic, or an adder layer spelled out; more than this is not a layer to be recognized. */
const largest = 2 ** 24;

/** Elements of a shape. Throws RangeError above the limit. */
export function bounded(shape: readonly number[]): number {
  const count = elementCount(shape);
  if (count === null || count > largest) throw new RangeError("a constant is too large");
  return count;
}

function filled(shape: readonly number[], type: number, value: (index: readonly number[]) => number): Constant {
  const data = new Float64Array(bounded(shape));
  walk(shape, (index, at) => {
    data[at] = value(index);
  });
  return { shape, type, data };
}

const at = (t: Constant, index: readonly number[], strides: readonly number[]): number =>
  t.data[index.reduce((sum, i, axis) => sum + i * strides[axis]!, 0)]!;

/** Calls `each` with the flat places in two tensors that walk the same indices with strides of their own. */
function walkTwo(
  shape: readonly number[],
  p: readonly number[],
  q: readonly number[],
  each: (at: number, i: number, j: number) => void,
): void {
  const index = new Array<number>(shape.length).fill(0);
  const count = sizeOf(shape);
  let [i, j] = [0, 0];
  for (let k = 0; k < count; k++) {
    each(k, i, j);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      i += p[axis]!;
      j += q[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      i -= p[axis]! * shape[axis]!;
      j -= q[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}

function broadcast(a: Constant, b: Constant, f: (x: number, y: number) => number, type = a.type): Constant | undefined {
  const rank = Math.max(a.shape.length, b.shape.length);
  const padded = (s: readonly number[]): number[] => [...new Array<number>(rank - s.length).fill(1), ...s];
  const [p, q] = [padded(a.shape), padded(b.shape)];
  if (p.some((n, i) => n !== q[i] && n !== 1 && q[i] !== 1)) return undefined;
  const step = (s: readonly number[]): number[] => stridesOf(s).map((n, i) => (s[i] === 1 ? 0 : n));
  const shape = p.map((n, i) => (n === 1 ? q[i]! : n));
  const data = new Float64Array(bounded(shape));
  walkTwo(shape, step(p), step(q), (k, i, j) => {
    data[k] = f(a.data[i]!, b.data[j]!);
  });
  return { shape, type, data };
}

const binary =
  (f: (x: number, y: number) => number, type?: number): Rule =>
  ([a, b]) =>
    a && b ? broadcast(a, b, f, type ?? a.type) : undefined;
const unary =
  (f: (x: number) => number): Rule =>
  ([x]) =>
    x && { ...x, data: x.data.map(f) };

const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Half to even, as ONNX rounds. */
function roundEven(v: number): number {
  const r = Math.round(v);
  return Math.abs(v % 1) === 0.5 && r % 2 !== 0 ? r - 1 : r;
}

const axesOf = (a: Reader, second: Constant | undefined): readonly number[] | undefined =>
  second ? [...second.data] : a.ints("axes");

export function reshaped(
  x: { readonly shape: readonly number[] },
  target: readonly number[],
  zero = false,
): number[] | undefined {
  const size = sizeOf(x.shape);
  const shape = target.map((n, i) => (n === 0 && !zero ? (x.shape[i] ?? 0) : n));
  const known = shape.filter((n) => n !== -1).reduce((a, b) => a * b, 1);
  const full = shape.map((n) => (n === -1 ? size / known : n));
  return sizeOf(full) === size && full.every((n) => Number.isInteger(n) && n >= 0) ? full : undefined;
}

function reduce(x: Constant, axes: readonly number[] | undefined, keep: boolean, mean: boolean): Constant {
  const rank = x.shape.length;
  const over = new Set((axes ?? x.shape.map((_, i) => i)).map((n) => axisOf(n, rank)));
  const kept = x.shape.map((n, i) => (over.has(i) ? 1 : n));
  const strides = stridesOf(kept).map((n, i) => (over.has(i) ? 0 : n));
  const data = new Float64Array(sizeOf(kept));
  walkTwo(x.shape, strides, strides, (i, to) => {
    data[to] = data[to]! + x.data[i]!;
  });
  const count = sizeOf(x.shape) / Math.max(1, data.length);
  const shape = keep ? kept : x.shape.filter((_, i) => !over.has(i));
  return { shape, type: x.type, data: mean ? data.map((v) => v / count) : data };
}

const limits: Readonly<Record<number, readonly [number, number]>> = {
  2: [0, 255],
  3: [-128, 127],
  4: [0, 65535],
  5: [-32768, 32767],
};

/** Scale and zero point of each element of a quantized tensor: one of each, or one along an axis. */
function perAxis(x: Constant, s: Constant, axis: number): (index: readonly number[]) => number {
  const along = axisOf(axis, x.shape.length);
  return s.data.length === 1 ? () => s.data[0]! : (index) => s.data[index[along]!]!;
}

const rules: Readonly<Record<string, Rule>> = {
  Identity: ([x]) => x,
  Constant: (_, a) => {
    const tensor = a.tensor("value");
    if (tensor) return tensor;
    const ints = a.ints("value_ints");
    if (ints) return vector(ints);
    const [i, f] = [a.int("value_int", Number.NaN), a.float("value_float", Number.NaN)];
    return Number.isNaN(i) ? (Number.isNaN(f) ? undefined : scalar(f)) : scalar(i, INT64);
  },
  ConstantOfShape: ([shape], a) => {
    const value = a.tensor("value") ?? scalar(0);
    return shape && filled([...shape.data], value.type, () => value.data[0]!);
  },
  Cast: ([x], a) => {
    const to = a.int("to", FLOAT);
    const whole = to >= 2 && to <= 7;
    return x && { ...x, type: to, data: whole ? x.data.map(Math.trunc) : x.data };
  },
  Add: binary((x, y) => x + y),
  Sub: binary((x, y) => x - y),
  Mul: binary((x, y) => x * y),
  Div: ([a, b]) =>
    a && b ? broadcast(a, b, (x, y) => (a.type === 6 || a.type === INT64 ? Math.trunc(x / y) : x / y)) : undefined,
  Pow: binary((x, y) => x ** y),
  Max: binary(Math.max),
  Min: binary(Math.min),
  Neg: unary((v) => -v),
  Abs: unary(Math.abs),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((v) => 1 / v),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Round: unary(roundEven),
  Shape: ([x]) => x && vector(x.shape),
  Reshape: ([x, target], a) => {
    const shape = x && target && reshaped(x, [...target.data], a.int("allowzero", 0) === 1);
    return shape && { ...x!, shape };
  },
  Flatten: ([x], a) => {
    const axis = axisOf(a.int("axis", 1), x?.shape.length ?? 0);
    return x && { ...x, shape: [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))] };
  },
  Squeeze: ([x, second], a) => {
    if (!x) return undefined;
    const axes = axesOf(a, second)?.map((n) => axisOf(n, x.shape.length));
    return { ...x, shape: x.shape.filter((n, i) => (axes ? !axes.includes(i) : n !== 1)) };
  },
  Unsqueeze: ([x, second], a) => {
    const axes = axesOf(a, second);
    if (!x || !axes) return undefined;
    const rank = x.shape.length + axes.length;
    const at1 = new Set(axes.map((n) => axisOf(n, rank)));
    if (at1.size !== axes.length || [...at1].some((n) => n < 0 || n >= rank)) return undefined;
    const rest = [...x.shape];
    return { ...x, shape: Array.from({ length: rank }, (_, i) => (at1.has(i) ? 1 : rest.shift()!)) };
  },
  Transpose: ([x], a) => {
    if (!x) return undefined;
    const perm = a.ints("perm") ?? x.shape.map((_, i) => x.shape.length - 1 - i);
    const strides = stridesOf(x.shape);
    return filled(
      perm.map((p) => x.shape[p]!),
      x.type,
      (index) => x.data[index.reduce((sum, n, i) => sum + n * strides[perm[i]!]!, 0)]!,
    );
  },
  Expand: ([x, shape]) =>
    x && shape
      ? broadcast(x, { shape: [...shape.data], type: FLOAT, data: new Float64Array(sizeOf([...shape.data])) }, (v) => v)
      : undefined,
  Concat: (inputs, a) => {
    const first = inputs[0];
    if (!first || inputs.some((t) => !t || t.shape.length !== first.shape.length)) return undefined;
    const axis = axisOf(a.int("axis", 0), first.shape.length);
    const list = inputs as readonly Constant[];
    const starts = list.map((_, i) => list.slice(0, i).reduce((sum, t) => sum + t.shape[axis]!, 0));
    const total = list.reduce((sum, t) => sum + t.shape[axis]!, 0);
    return filled(
      first.shape.map((n, i) => (i === axis ? total : n)),
      first.type,
      (index) => {
        const which = starts.findLastIndex((s) => s <= index[axis]!);
        const inner = index.map((n, i) => (i === axis ? n - starts[which]! : n));
        return at(list[which]!, inner, stridesOf(list[which]!.shape));
      },
    );
  },
  Gather: ([x, indices], a) => {
    if (!x || !indices) return undefined;
    const axis = axisOf(a.int("axis", 0), x.shape.length);
    const strides = stridesOf(x.shape);
    const inner = stridesOf(indices.shape);
    const rank = indices.shape.length;
    return filled([...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], x.type, (index) => {
      const chosen = at(indices, index.slice(axis, axis + rank), inner);
      const full = [...index.slice(0, axis), axisOf(chosen, x.shape[axis]!), ...index.slice(axis + rank)];
      return at(x, full, strides);
    });
  },
  Slice: ([x, starts, ends, axes, steps], a) => {
    if (!x) return undefined;
    const from = starts ? [...starts.data] : a.ints("starts");
    const to = ends ? [...ends.data] : a.ints("ends");
    if (!from || !to) return undefined;
    const along = (axes ? [...axes.data] : (a.ints("axes") ?? from.map((_, i) => i))).map((n) =>
      axisOf(n, x.shape.length),
    );
    const picks = x.shape.map((n) => Array.from({ length: n }, (_, i) => i));
    for (const [i, axis] of along.entries()) {
      const n = x.shape[axis]!;
      const step = steps?.data[i] ?? 1;
      if (step === 0) return undefined;
      const clip = (v: number): number =>
        Math.min(Math.max(v < 0 ? v + n : v, step < 0 ? -1 : 0), step < 0 ? n - 1 : n);
      const picked: number[] = [];
      const [first, last] = [clip(from[i]!), clip(to[i]!)];
      for (let k = first; step > 0 ? k < last : k > last; k += step) picked.push(k);
      picks[axis] = picked;
    }
    const strides = stridesOf(x.shape);
    return filled(
      picks.map((p) => p.length),
      x.type,
      (index) => x.data[index.reduce((sum, n, i) => sum + picks[i]![n]! * strides[i]!, 0)]!,
    );
  },
  Pad: ([x, pads, value, axes], a) => {
    if (!x) return undefined;
    const given = pads ? [...pads.data] : (a.ints("pads") ?? a.ints("paddings"));
    if (!given || a.text("mode", "constant") !== "constant") return undefined;
    const along = (axes ? [...axes.data] : x.shape.map((_, i) => i)).map((n) => axisOf(n, x.shape.length));
    const [before, after] = [new Array<number>(x.shape.length).fill(0), new Array<number>(x.shape.length).fill(0)];
    along.forEach((axis, i) => {
      before[axis] = given[i]!;
      after[axis] = given[i + along.length]!;
    });
    const fill = value?.data[0] ?? a.float("value", 0);
    const strides = stridesOf(x.shape);
    return filled(
      x.shape.map((n, i) => n + before[i]! + after[i]!),
      x.type,
      (index) => {
        const inner = index.map((n, i) => n - before[i]!);
        return inner.every((n, i) => n >= 0 && n < x.shape[i]!) ? at(x, inner, strides) : fill;
      },
    );
  },
  Range: ([start, limit, delta]) => {
    if (!start || !limit || !delta) return undefined;
    const count = Math.max(0, Math.ceil((limit.data[0]! - start.data[0]!) / delta.data[0]!));
    return filled([count], start.type, ([i]) => start.data[0]! + i! * delta.data[0]!);
  },
  ReduceSum: ([x, second], a) => x && reduce(x, axesOf(a, second), a.int("keepdims", 1) === 1, false),
  ReduceMean: ([x, second], a) => x && reduce(x, axesOf(a, second), a.int("keepdims", 1) === 1, true),
  ReduceL1: ([x, second], a) =>
    x && reduce({ ...x, data: x.data.map(Math.abs) }, axesOf(a, second), a.int("keepdims", 1) === 1, false),
  QuantizeLinear: ([x, scale, zero], a) => {
    if (!x || !scale) return undefined;
    const type = zero?.type ?? (a.int("output_dtype", 0) || 2);
    const range = limits[type];
    if (!range) return undefined;
    const axis = a.int("axis", 1);
    const [s, z] = [perAxis(x, scale, axis), zero ? perAxis(x, zero, axis) : () => 0];
    const strides = stridesOf(x.shape);
    return filled(x.shape, type, (index) => {
      const q = roundEven(at(x, index, strides) / s(index)) + z(index);
      return Math.min(range[1], Math.max(range[0], q));
    });
  },
  DequantizeLinear: ([x, scale, zero], a) => {
    if (!x || !scale) return undefined;
    const axis = a.int("axis", 1);
    const [s, z] = [perAxis(x, scale, axis), zero ? perAxis(x, zero, axis) : () => 0];
    const strides = stridesOf(x.shape);
    return filled(x.shape, FLOAT, (index) => (at(x, index, strides) - z(index)) * s(index));
  },
  /** QONNX: scale and zero point are broadcast. */
  Quant: ([x, scale, zero, bits], a) => {
    if (!x || !scale || !zero || !bits) return undefined;
    const [signed, narrow] = [a.int("signed", 1) === 1, a.int("narrow", 0) === 1];
    const mode = a.text("rounding_mode", "ROUND");
    if (!["ROUND", "FLOOR", "CEIL"].includes(mode)) return undefined;
    const n = bits.data[0]!;
    const high = signed ? 2 ** (n - 1) - 1 : 2 ** n - 1 - (narrow ? 1 : 0);
    const low = signed ? -(2 ** (n - 1)) + (narrow ? 1 : 0) : 0;
    const round = mode === "FLOOR" ? Math.floor : mode === "CEIL" ? Math.ceil : roundEven;
    const steps = broadcast(x, scale, (v, s) => v / s);
    const moved = steps && broadcast(steps, zero, (v, z) => Math.min(high, Math.max(low, round(v + z))) - z);
    return moved && broadcast(moved, scale, (v, s) => v * s);
  },
};

/** The operators that can be computed on constants. */
export const evaluated: ReadonlySet<string> = new Set(Object.keys(rules));

/**
 * The value of a node whose inputs are constants; undefined where it has another operator or form. Throws RangeError
 * where it would be too large.
 */
export function evaluate(op: string, inputs: readonly (Constant | undefined)[], a: Reader): Constant | undefined {
  const value = Object.hasOwn(rules, op) ? rules[op]!(inputs, a) : undefined;
  a.spend((value?.data.length ?? 0) + inputs.reduce((sum, t) => sum + (t?.data.length ?? 0), 0));
  return value;
}
