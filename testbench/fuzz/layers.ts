// For every layer kind: the layer's fields from a drawn step, made legal for the tensor it reads.
import type { Shape } from "../../generator/ir/tensor.ts";
import { Rand } from "../lib/index.ts";
import type { Step } from "./recipe.ts";

/** A tensor of the network that is being made. */
export interface Tensor {
  readonly name: string;
  readonly shape: Shape;
  /** Whether it came out of a flatten of a map. */
  readonly flat: boolean;
}

export interface Drawn {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly shape: Shape;
  readonly flat?: boolean;
  /** Inputs other than the tensor that was drawn. */
  readonly inputs?: readonly string[];
}

export interface Context {
  readonly step: Step;
  readonly x: Tensor;
  /** All tensors so far. */
  readonly tensors: readonly Tensor[];
  readonly layout: "pytorch" | "channels_last";
}

/** Fields of the layer, or undefined where the tensor cannot be read by the kind. */
type Drawer = (c: Context) => Drawn | undefined;

/** Weights of one layer at most, and products of one frame. */
const WEIGHTS = 1500;
const WORK = 12_000;
/** Values of one tensor at most. */
const VALUES = 1500;

const sizes = [1, 0.1, 1, 0.02, 10, 1, 0.5, 100, 1e-3, 1e-6];

function numbers(shape: readonly number[], rand: Rand, size: number, of?: (r: Rand) => number): unknown {
  const one = of ?? ((r: Rand) => (r.int(0, 39) === 0 ? r.pick([0, 30, -30]) : r.float() * 2 - 1) * size);
  const [n, ...rest] = shape;
  if (n === undefined) return Number(one(rand).toPrecision(4));
  return Array.from({ length: n }, () => numbers(rest, rand, size, of));
}

const rands = (s: Step) => new Rand(s.seed);
const sizeOf = (s: Step) => sizes[s.size]!;
const vector = ({ shape }: Tensor) => shape[0] === 1 && shape[1] === 1;
const area = (s: Shape) => s[0] * s[1] * s[2];

/** The window of a step inside an input of h x w: fields, size of the output, number of taps. */
function windowOf(s: Step, [h, w]: Shape, pool: boolean) {
  const stride = s.motion & 1 ? s.stride : ([1, 1] as [number, number]);
  const wish = s.motion & 2 ? s.dilation : ([1, 1] as [number, number]);
  const size = [h, w] as const;
  const [p0, p1, p2, p3] = s.padding;
  const given = [undefined, p0, [p0, p1], [p0, p1, p2, p3], "same", "valid"][s.margin];
  let sides: [number, number, number, number] =
    s.margin === 1
      ? [p0, p0, p0, p0]
      : s.margin === 2
        ? [p0, p1, p0, p1]
        : s.margin === 3
          ? [p0, p1, p2, p3]
          : [0, 0, 0, 0];
  const kernel: [number, number] = [1, 1];
  const dilation: [number, number] = [1, 1];
  const out: [number, number] = [1, 1];
  let padding: unknown = given;
  for (const axis of [0, 1] as const) {
    const room = s.margin === 4 ? size[axis] * 2 : size[axis] + sides[axis] + sides[axis + 2]!;
    dilation[axis] = wish[axis];
    kernel[axis] = Math.max(1, Math.min(s.kernel[axis], Math.floor((room - 1) / dilation[axis]) + 1));
  }
  if (s.margin === 4) {
    const total = ([0, 1] as const).map((a) =>
      Math.max(0, (Math.ceil(size[a] / stride[a]) - 1) * stride[a] + (kernel[a] - 1) * dilation[a] + 1 - size[a]),
    );
    const lead = total.map((t) => Math.floor(t / 2));
    sides = [lead[0]!, lead[1]!, total[0]! - lead[0]!, total[1]! - lead[1]!];
  }
  const outputs = (sides: readonly number[], ceil: boolean) =>
    ([0, 1] as const).map((a) => {
      const steps = (size[a] + sides[a]! + sides[a + 2]! - (kernel[a] - 1) * dilation[a] - 1) / stride[a];
      const n = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
      return ceil && (n - 1) * stride[a] >= size[a] + sides[a]! ? n - 1 : n;
    });
  const ceil = pool && s.flag;
  let found = outputs(sides, ceil);
  if (pool) {
    // A pooling window that sees nothing of the input is refused.
    const blind = ([0, 1] as const).some((a) =>
      Array.from({ length: found[a]! }, (_, o) =>
        Array.from({ length: kernel[a] }, (_, k) => o * stride[a] - sides[a]! + k * dilation[a]).every(
          (at) => at < 0 || at >= size[a],
        ),
      ).includes(true),
    );
    if (blind) {
      padding = undefined;
      for (const a of [0, 1] as const) kernel[a] = Math.min(kernel[a], Math.floor((size[a] - 1) / dilation[a]) + 1);
      found = outputs([0, 0, 0, 0], ceil);
    }
  }
  [out[0], out[1]] = [found[0]!, found[1]!];
  const same = (p: [number, number], short: boolean) => (short && p[0] === p[1] ? p[0] : p);
  const fields = {
    kernel: same(kernel, s.flag),
    ...(pool || stride[0] * stride[1] > 1 ? { stride: same(stride, s.bias) } : {}),
    ...(dilation[0] * dilation[1] > 1 ? { dilation } : {}),
    ...(padding === undefined ? {} : { padding }),
  };
  return { fields, kernel, out, ceil };
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

const conv: Drawer = ({ step: s, x, layout }) => {
  const { fields, kernel, out } = windowOf(s, x.shape, false);
  if (x.flat) return undefined;
  const channels = x.shape[2];
  let filters = s.channels;
  let groups = 1;
  if (s.groups === 1) groups = filters = channels;
  else if (s.groups === 2) {
    groups = channels;
    filters = channels * Math.max(1, Math.floor(filters / channels));
  } else if (s.groups === 3) groups = divisor(channels, filters);
  else if (s.groups === 4 && channels % 2 === 0) {
    groups = channels / 2;
    filters = groups * Math.max(1, Math.floor(filters / groups));
  }
  const taps = (kernel[0] * kernel[1] * channels) / groups;
  const pixels = out[0] * out[1];
  const most = Math.floor(Math.min(WEIGHTS / taps, WORK / taps / pixels));
  if (most < filters) filters = Math.floor(most / groups) * groups;
  if (filters < 1) return undefined;
  const rand = rands(s);
  const inner = channels / groups;
  const shape = layout === "pytorch" ? [filters, inner, ...kernel] : [filters, ...kernel, inner];
  return {
    fields: {
      filters,
      ...fields,
      ...(groups > 1 ? { groups } : {}),
      weights: numbers(shape, rand, sizeOf(s)),
      ...(s.bias ? { bias: numbers([filters], rand, sizeOf(s) * 3) } : {}),
    },
    shape: [out[0], out[1], filters],
  };
};

/** Weights a stride apart; kernel, stride and dilation as drawn, padding and output padding within what they allow. */
const convTranspose: Drawer = ({ step: s, x, layout }) => {
  if (x.flat) return undefined;
  const [h, w, channels] = x.shape;
  const kernel: [number, number] = [Math.min(s.kernel[0], 4), Math.min(s.kernel[1], 4)];
  const stride = s.stride.map((n) => Math.min(n, 3)) as [number, number];
  const dilation = s.motion & 2 ? s.dilation : ([1, 1] as [number, number]);
  const reach = kernel.map((k, i) => (k - 1) * dilation[i]!);
  const wish = s.margin > 1 ? s.padding : s.margin === 1 ? s.padding.map(() => s.padding[0]) : [0, 0, 0, 0];
  const sides = wish.map((p, i) => Math.min(p, reach[i % 2]!));
  const more = [0, 1].map((i) => (s.flag ? Math.max(stride[i]!, dilation[i]!) - 1 : 0));
  const [rows, columns] = [h, w].map(
    (n, i) => (n - 1) * stride[i]! + 1 + reach[i]! - sides[i]! - sides[i + 2]! + more[i]!,
  );
  if (rows! < 1 || columns! < 1) return undefined;
  const groups = s.groups === 1 ? channels : s.groups === 3 ? divisor(channels, s.channels) : 1;
  const inner = channels / groups;
  const taps = kernel[0] * kernel[1] * inner;
  const most = Math.floor(Math.min(WEIGHTS, WORK / (rows! * columns!)) / taps / groups);
  const filters = groups * Math.min(most, Math.max(1, Math.floor(s.channels / groups)));
  const inserted = ((h - 1) * stride[0] + 1) * ((w - 1) * stride[1] + 1) * channels;
  if (filters < 1 || inserted > VALUES || rows! * columns! * filters > VALUES) return undefined;
  const rand = rands(s);
  const shape = layout === "pytorch" ? [channels, filters / groups, ...kernel] : [filters, ...kernel, inner];
  return {
    fields: {
      filters,
      kernel,
      stride: stride[0] === stride[1] && s.bias ? stride[0] : stride,
      ...(dilation[0] * dilation[1] > 1 ? { dilation } : {}),
      ...(sides.some((p) => p > 0) ? { padding: sides } : {}),
      ...(more.some((m) => m > 0) ? { output_padding: more } : {}),
      ...(groups > 1 ? { groups } : {}),
      weights: numbers(shape, rand, sizeOf(s)),
      ...(s.bias ? { bias: numbers([filters], rand, sizeOf(s) * 3) } : {}),
    },
    shape: [rows!, columns!, filters],
  };
};

const dense: Drawer = ({ step: s, x }) => {
  if (!vector(x)) return undefined;
  const inputs = x.shape[2];
  const units = Math.min(s.channels, Math.floor(WEIGHTS / inputs));
  if (units < 1) return undefined;
  const rand = rands(s);
  return {
    fields: {
      units,
      weights: numbers([units, inputs], rand, sizeOf(s)),
      ...(s.bias ? { bias: numbers([units], rand, sizeOf(s) * 3) } : {}),
    },
    shape: [1, 1, units],
  };
};

/** A layer that keeps the shape. */
const keeps =
  (fields: (s: Step, channels: number) => Readonly<Record<string, unknown>> = () => ({})): Drawer =>
  ({ step, x }) => ({ fields: fields(step, x.shape[2]), shape: x.shape, flat: x.flat });

const norm = keeps((s, channels) => {
  const r = rands(s);
  return {
    gamma: numbers([channels], r, 1, (r) => r.pick([1, -1, r.float() * 2, -r.float(), 0])),
    beta: numbers([channels], r, sizeOf(s)),
    mean: numbers([channels], r, sizeOf(s) * 5),
    variance: numbers([channels], r, 1, (r) => (r.int(0, 9) === 0 ? 1e-15 : r.float() * sizeOf(s) ** 2 * 9)),
    ...(s.flag ? { eps: r.pick([1e-3, 1e-5, 0.5]) } : {}),
  };
});

const pool =
  (mean: boolean): Drawer =>
  ({ step: s, x }) => {
    if (x.flat) return undefined;
    const { fields, kernel, out, ceil } = windowOf(s, x.shape, true);
    const shape: Shape = [out[0], out[1], x.shape[2]];
    if (area(shape) * kernel[0] * kernel[1] > WORK || out[0] < 1 || out[1] < 1) return undefined;
    return {
      fields: {
        ...fields,
        ...(ceil ? { ceil_mode: true } : {}),
        ...(mean && s.number % 3 > 0 ? { count_padding: s.number % 3 === 1 } : {}),
      },
      shape,
    };
  };

/** Other tensors that a join can read beside x; with none, x twice. */
function partners({ step: s, x, tensors }: Context, fits: (t: Tensor) => boolean): Tensor[] {
  const others = tensors.filter((t) => t !== x && fits(t)).reverse();
  const inputs = [x, ...others.slice(0, s.arity - 1)];
  return inputs.length > 1 ? (s.flag ? inputs : inputs.reverse()) : [x, x];
}

const add: Drawer = (c) => {
  const all = partners(c, (t) => t.shape.join() === c.x.shape.join() && t.flat === c.x.flat);
  return { fields: {}, inputs: all.map((t) => t.name), shape: c.x.shape, flat: c.x.flat };
};

const concat: Drawer = (c) => {
  if (c.x.flat) return undefined;
  const [h, w] = c.x.shape;
  const all = partners(c, (t) => t.shape[0] === h && t.shape[1] === w && !t.flat);
  const channels = all.reduce((sum, t) => sum + t.shape[2], 0);
  if (channels > 40 || h * w * channels > VALUES) return undefined;
  return { fields: {}, inputs: all.map((t) => t.name), shape: [h, w, channels] };
};

const upsample: Drawer = ({ step: s, x }) => {
  if (x.flat) return undefined;
  const factor: [number, number] = [Math.min(3, s.stride[0]), Math.min(3, s.stride[1])];
  const shape: Shape = [x.shape[0] * factor[0], x.shape[1] * factor[1], x.shape[2]];
  return area(shape) > VALUES
    ? undefined
    : { fields: { factor: s.flag ? factor : factor[0] === factor[1] ? factor[0] : factor }, shape };
};

const depthToSpace: Drawer = ({ step: s, x }) => {
  const [h, w, c] = x.shape;
  const block: [number, number] = [Math.min(3, s.stride[0]), Math.min(3, s.stride[1])];
  const cells = block[0] * block[1];
  if (x.flat || c % cells !== 0) return undefined;
  const one = block[0] === block[1] && s.flag;
  return {
    fields: { block: one ? block[0] : block, ...(s.flag ? { order: "dcr" } : {}) },
    shape: [h * block[0], w * block[1], c / cells],
  };
};

const pad: Drawer = ({ step: s, x }) => {
  if (x.flat) return undefined;
  const [t, l, b, r] = s.padding;
  const shape: Shape = [x.shape[0] + t + b, x.shape[1] + l + r, x.shape[2]];
  return area(shape) > VALUES ? undefined : { fields: { padding: [t, l, b, r] }, shape };
};

const flatten: Drawer = ({ x }) => {
  const [h, w, c] = x.shape;
  return { fields: {}, shape: [1, 1, h * w * c], flat: x.flat || (h * w > 1 && c > 1) };
};

export const drawers: ReadonlyMap<string, Drawer> = new Map<string, Drawer>([
  ["adder_conv2d", conv],
  ["conv2d", conv],
  ["binary_conv2d", conv],
  ["adder_conv_transpose2d", convTranspose],
  ["conv_transpose2d", convTranspose],
  ["adder_linear", dense],
  ["linear", dense],
  ["binary_linear", dense],
  ["batch_norm", norm],
  ["bias", keeps((s, channels) => ({ bias: numbers([channels], rands(s), sizeOf(s)) }))],
  ["relu", keeps()],
  ["relu6", keeps()],
  ["hard_tanh", keeps()],
  ["leaky_relu", keeps((s) => ({ slope: s.number / 100 }))],
  [
    "parametric_relu",
    keeps((s, channels) => ({
      slope: numbers([s.flag ? 1 : channels], rands(s), 1, (r) => r.pick([0, 1, r.float(), 0.25])),
      ...(s.flag ? { shared: true } : {}),
    })),
  ],
  ["randomized_relu", keeps((s) => (s.flag ? {} : { lower: s.number / 200, upper: s.number / 100 }))],
  ["sign", keeps()],
  [
    "scale",
    keeps((s, channels) => ({
      scale: numbers([channels], rands(s), 1, (r) => r.pick([-0.5, 0.25, 1, 1.5])),
      ...(s.flag ? { offset: numbers([channels], rands(s), sizeOf(s)) } : {}),
    })),
  ],
  ["power", keeps((s) => ({ exponent: s.flag ? 0.5 : 1.5 }))],
  ["sigmoid", keeps()],
  ["tanh", keeps()],
  ["hard_sigmoid", keeps()],
  ["hard_swish", keeps()],
  ["max_pool2d", pool(false)],
  ["avg_pool2d", pool(true)],
  ["global_avg_pool", ({ x }) => (x.flat ? undefined : { fields: {}, shape: [1, 1, x.shape[2]] })],
  ["add", add],
  ["concat", concat],
  ["upsample", upsample],
  ["depth_to_space", depthToSpace],
  ["pad", pad],
  ["flatten", flatten],
  ["identity", keeps()],
  ["dropout", keeps((s) => (s.flag ? { p: 0.5 } : {}))],
  [
    "argmax",
    ({ x, layout }) => (vector(x) && !(x.flat && layout === "pytorch") ? { fields: {}, shape: [1, 1, 1] } : undefined),
  ],
]);
