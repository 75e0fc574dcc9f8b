// The operators that are layers: one rule each. A rule gives the result's value, or undefined where the operator only
// moves data in a way that no layer does.
import type { Builder, Tensors } from "./builder.ts";
import { reshaped, sizeOf, vector } from "./evaluate.ts";
import type { Node } from "./node.ts";
import type { Constant } from "./tensors.ts";
import { type LayerValue, layerShape, type Value } from "./values.ts";

export type Rule = (n: Node, b: Builder, inputs: readonly (Value | undefined)[]) => Value | undefined;

const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-6;

/** The first input, which must be a layer's result. */
function data(n: Node, [x]: readonly (Value | undefined)[]): LayerValue {
  if (x?.kind === "layer" && !x.quantized && !x.last) return x;
  throw n.refuse(x?.kind === "layer" ? "its input is quantized or transposed" : "its input is not a layer's result");
}

function map(
  n: Node,
  inputs: readonly (Value | undefined)[],
): LayerValue & { readonly shape: readonly [number, number, number] } {
  const x = data(n, inputs);
  if (x.shape.length !== 3) throw n.refuse("its input has no height and width");
  return x as LayerValue & { readonly shape: readonly [number, number, number] };
}

function constant(n: Node, value: Value | undefined, what: string): Constant {
  if (value?.kind === "constant") return value.value;
  throw n.refuse(`its ${what} is not a constant`);
}

const optional = (n: Node, value: Value | undefined, what: string): Constant | undefined =>
  value === undefined ? undefined : constant(n, value, what);

const short = (pair: readonly number[]): number | readonly number[] => (pair[0] === pair[1] ? pair[0]! : pair);

interface Geometry {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly out: readonly [number, number];
}

/** Kernel, stride, padding and dilation as fields of a layer, and the size of the result. */
function geometry(n: Node, [, h, w]: readonly number[], kernel: readonly number[], stepDefault: boolean): Geometry {
  const strides = n.ints("strides") ?? [1, 1];
  const dilations = n.ints("dilations") ?? [1, 1];
  const auto = n.text("auto_pad", "NOTSET");
  const ceil = n.int("ceil_mode", 0) === 1;
  if (kernel.length !== 2 || strides.length !== 2 || dilations.length !== 2)
    throw n.refuse("its windows have not two axes");
  const reach = kernel.map((k, i) => dilations[i]! * (k - 1) + 1);
  const sizes = [h!, w!];
  let pads = n.ints("pads") ?? [0, 0, 0, 0];
  if (auto === "SAME_UPPER" || auto === "SAME_LOWER") {
    const total = sizes.map((s, i) => Math.max(0, (Math.ceil(s / strides[i]!) - 1) * strides[i]! + reach[i]! - s));
    const small = total.map((t) => Math.floor(t / 2));
    const large = total.map((t) => Math.ceil(t / 2));
    pads = auto === "SAME_UPPER" ? [...small, ...large] : [...large, ...small];
  } else if (auto === "VALID") pads = [0, 0, 0, 0];
  else if (auto !== "NOTSET") throw n.refuse(`its auto_pad is ${auto}`);
  if (pads.some((p) => p < 0)) throw n.refuse("it crops with negative pads");
  const out = sizes.map((s, i) => {
    const steps = (s + pads[i]! + pads[i + 2]! - reach[i]!) / strides[i]!;
    const count = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    // The last window starts inside the image or its front padding, as PyTorch and onnxruntime have it.
    return ceil && (count - 1) * strides[i]! >= s + pads[i]! ? count - 1 : count;
  }) as [number, number];
  if (out.some((s) => s < 1)) throw n.refuse("its window is larger than the map");
  const same = stepDefault ? strides.every((s, i) => s === kernel[i]) : strides.every((s) => s === 1);
  const symmetric = pads[0] === pads[2] && pads[1] === pads[3];
  return {
    out,
    fields: {
      kernel: short(kernel),
      ...(same ? {} : { stride: short(strides) }),
      ...(pads.every((p) => p === 0) ? {} : { padding: symmetric ? short(pads.slice(0, 2)) : pads }),
      ...(dilations.every((d) => d === 1) ? {} : { dilation: short(dilations) }),
      ...(ceil ? { ceil_mode: true } : {}),
    },
  };
}

const withBits = (x: LayerValue): { readonly bits?: number } =>
  x.bits !== undefined && x.bits >= 1 && x.bits <= 16 && x.bits !== 8 ? { bits: x.bits } : {};

const convolution =
  (kind: string): Rule =>
  (n, b, inputs) => {
    const x = map(n, inputs);
    const w = constant(n, inputs[1], "weights");
    const bias = optional(n, inputs[2], "bias");
    const groups = n.int("group", 1);
    if (w.shape.length !== 4 || w.shape[1]! * groups !== x.shape[0])
      throw n.refuse(`weights [${w.shape}] do not fit ${x.shape[0]} channels in ${groups} groups`);
    const kernel = n.ints("kernel_shape") ?? w.shape.slice(2);
    const { fields, out } = geometry(n, x.shape, kernel, false);
    const tensors: Tensors = { weights: w, ...(bias ? { bias } : {}) };
    const layer = { kind, filters: w.shape[0]!, ...fields, ...(groups === 1 ? {} : { groups }), ...withBits(x) };
    return b.layer(n, layer, [x], [w.shape[0]!, ...out], tensors);
  };

/** Sizes of the result that a transposed convolution is asked for, as rows and columns that it loses or gains. */
function cropped(n: Node, full: readonly number[], inputs: readonly number[], strides: readonly number[]) {
  const auto = n.text("auto_pad", "NOTSET");
  const asked = n.ints("output_shape")?.slice(-2);
  const more = n.ints("output_padding") ?? [0, 0];
  if (auto !== "NOTSET" && auto !== "VALID" && auto !== "SAME_UPPER" && auto !== "SAME_LOWER")
    throw n.refuse(`its auto_pad is ${auto}`);
  const wanted = asked ?? (auto.startsWith("SAME") ? inputs.map((s, i) => s * strides[i]!) : undefined);
  if (!wanted) return { more, pads: (auto === "NOTSET" ? n.ints("pads") : undefined) ?? [0, 0, 0, 0] };
  const total = full.map((s, i) => s + more[i]! - wanted[i]!);
  if (total.some((t) => t < 0)) throw n.refuse(`its result of ${wanted.join(" x ")} is larger than its kernel reaches`);
  const [small, large] = [total.map((t) => Math.floor(t / 2)), total.map((t) => Math.ceil(t / 2))];
  return { more, pads: auto === "SAME_UPPER" ? [...small, ...large] : [...large, ...small] };
}

const transposedConvolution =
  (kind: string): Rule =>
  (n, b, inputs) => {
    const x = map(n, inputs);
    const w = constant(n, inputs[1], "weights");
    const bias = optional(n, inputs[2], "bias");
    const groups = n.int("group", 1);
    if (w.shape.length !== 4 || w.shape[0] !== x.shape[0] || x.shape[0] % groups !== 0)
      throw n.refuse(`weights [${w.shape}] do not fit ${x.shape[0]} channels in ${groups} groups`);
    const kernel = n.ints("kernel_shape") ?? w.shape.slice(2);
    const [stride, dilation] = [n.ints("strides") ?? [1, 1], n.ints("dilations") ?? [1, 1]];
    const sizes = x.shape.slice(1) as number[];
    const reach = kernel.map((k, i) => dilation[i]! * (k - 1));
    const full = sizes.map((s, i) => (s - 1) * stride[i]! + reach[i]! + 1);
    const { more, pads } = cropped(n, full, sizes, stride);
    if (pads.some((p, i) => p < 0 || p > reach[i % 2]!))
      throw n.refuse(`its pads ${pads.join(", ")} do not fit its kernel`);
    if (more.some((m, i) => m < 0 || m >= Math.max(stride[i]!, dilation[i]!)))
      throw n.refuse(`its output_padding ${more.join(", ")} is not less than its stride or dilation`);
    const filters = w.shape[1]! * groups;
    const out = full.map((s, i) => s - pads[i]! - pads[i + 2]! + more[i]!) as [number, number];
    if (out.some((s) => s < 1)) throw n.refuse("nothing is left of its result");
    const symmetric = pads[0] === pads[2] && pads[1] === pads[3];
    const layer = {
      kind,
      filters,
      kernel: short(kernel),
      ...(stride.every((s) => s === 1) ? {} : { stride: short(stride) }),
      ...(pads.every((p) => p === 0) ? {} : { padding: symmetric ? short(pads.slice(0, 2)) : pads }),
      ...(more.every((m) => m === 0) ? {} : { output_padding: short(more) }),
      ...(dilation.every((d) => d === 1) ? {} : { dilation: short(dilation) }),
      ...(groups === 1 ? {} : { groups }),
      ...withBits(x),
    };
    return b.layer(n, layer, [x], [filters, ...out], { weights: w, ...(bias ? { bias } : {}) });
  };

/** y = x W' + b with weights [outputs, inputs]. */
function dense(n: Node, b: Builder, kind: string, x: LayerValue, w: Constant, bias: Constant | undefined): Value {
  const wide = x.shape.length === 3 ? x.shape[1] * x.shape[2] : 1;
  if (wide !== 1) throw n.refuse("its input is a map; flatten it before");
  if (w.shape.length !== 2 || w.shape[1] !== x.shape[0])
    throw n.refuse(`weights [${w.shape}] do not fit ${x.shape[0]} values`);
  const units = w.shape[0]!;
  if (bias && bias.data.length !== units && bias.data.length !== 1)
    throw n.refuse("its bias is not one value an output");
  const full = bias && {
    ...bias,
    shape: [units],
    data: Float64Array.from({ length: units }, (_, i) => bias.data[bias.data.length === 1 ? 0 : i]!),
  };
  return b.layer(n, { kind, units, ...withBits(x) }, [x], [units], { weights: w, ...(full ? { bias: full } : {}) });
}

const transposed2 = (w: Constant): Constant => {
  const [rows, columns] = w.shape as [number, number];
  const data = Float64Array.from(
    { length: w.data.length },
    (_, i) => w.data[(i % rows) * columns + Math.floor(i / rows)]!,
  );
  return { ...w, shape: [columns, rows], data };
};

const scaled = (t: Constant, by: number): Constant => (by === 1 ? t : { ...t, data: t.data.map((v) => v * by) });

const gemm: Rule = (n, b, inputs) => {
  const x = data(n, inputs);
  const w = constant(n, inputs[1], "weights");
  const bias = optional(n, inputs[2], "bias");
  if (n.int("transA", 0) !== 0) throw n.refuse("its transA is 1");
  if (w.shape.length !== 2) throw n.refuse(`its weights have ${w.shape.length} axes`);
  const [alpha, beta] = [n.float("alpha", 1), n.float("beta", 1)];
  const rows = n.int("transB", 0) === 1 ? w : transposed2(w);
  return dense(n, b, "linear", x, scaled(rows, alpha), bias && scaled(bias, beta));
};

const matmul: Rule = (n, b, inputs) => {
  const x = data(n, inputs);
  const w = constant(n, inputs[1], "weights");
  if (w.shape.length !== 2) throw n.refuse(`its weights have ${w.shape.length} axes`);
  return dense(n, b, "linear", x, transposed2(w), undefined);
};

const batchNorm: Rule = (n, b, inputs) => {
  const x = data(n, inputs);
  // How training would move mean and variance.
  n.skip("momentum");
  if (n.int("spatial", 1) !== 1) throw n.refuse("it has a mean and a variance for each pixel (spatial 0)");
  if (n.int("training_mode", 0) !== 0) throw n.refuse("it normalizes with the batch's statistics (training_mode 1)");
  const [gamma, beta, mean, variance] = ["scale", "bias", "mean", "variance"].map((what, i) =>
    constant(n, inputs[i + 1], what),
  ) as [Constant, Constant, Constant, Constant];
  const eps = n.float("epsilon", 1e-5);
  const exact = near(eps, 1e-5) ? 1e-5 : Number(eps.toPrecision(7));
  if (!(exact > 0 && exact <= 1)) throw n.refuse(`its epsilon is ${eps}`);
  const layer = { kind: "batch_norm", ...(exact === 1e-5 ? {} : { eps: exact }) };
  return b.layer(n, layer, [x], x.shape, { gamma, beta, mean, variance });
};

/** y = x * scale + offset for each channel. */
function affine(n: Node, b: Builder, x: LayerValue, scale: Constant | number, offset: Constant | number): Value {
  const channels = x.shape[0];
  const spread = (v: Constant | number): Constant => {
    if (typeof v === "number") return { shape: [channels], type: 1, data: new Float64Array(channels).fill(v) };
    // One value, or one a channel: [C, 1, 1] on maps, [C] on vectors.
    const axes = [...v.shape];
    while (axes.length > x.shape.length && axes[0] === 1) axes.shift();
    const rank = x.shape.length;
    const plain = axes.length === rank ? axes[0] === channels && axes.slice(1).every((s) => s === 1) : false;
    if (v.data.length !== 1 && !plain)
      throw n.refuse(`its constant [${v.shape}] is neither one value nor one a channel`);
    return {
      shape: [channels],
      type: 1,
      data: Float64Array.from({ length: channels }, (_, i) => v.data[v.data.length === 1 ? 0 : i]!),
    };
  };
  if (scale === 1) return b.layer(n, { kind: "bias" }, [x], x.shape, { bias: spread(offset) });
  // With eps the divisor is exactly 1.
  const ones = { shape: [channels], type: 1, data: new Float64Array(channels).fill(1 - 1e-5) };
  const zeros = { shape: [channels], type: 1, data: new Float64Array(channels) };
  return b.layer(n, { kind: "batch_norm" }, [x], x.shape, {
    gamma: spread(scale),
    beta: spread(offset),
    mean: zeros,
    variance: ones,
  });
}

const negated = (c: Constant): Constant => ({ ...c, data: c.data.map((v) => -v) });

const join: Rule = (n, b, inputs) => {
  const [x, y] = inputs;
  if (inputs.length === 2 && x?.kind === "constant" && y?.kind === "layer")
    return affine(n, b, data(n, [y]), 1, x.value);
  if (inputs.length === 2 && y?.kind === "constant" && x?.kind === "layer")
    return affine(n, b, data(n, [x]), 1, y.value);
  const parts = inputs.map((v) => data(n, [v]));
  const { shape } = parts[0]!;
  if (parts.length < 2) return parts[0];
  if (parts.some((p) => p.shape.join() !== shape.join())) throw n.refuse("its operands are not of one shape");
  return b.layer(n, { kind: "add" }, parts, shape, {});
};

const subtract: Rule = (n, b, [x, y]) => {
  // A constant of another form may be the weights of a spelled-out adder layer.
  try {
    if (y?.kind === "constant" && x?.kind === "layer") return affine(n, b, data(n, [x]), 1, negated(y.value));
    if (x?.kind === "constant" && y?.kind === "layer") return affine(n, b, data(n, [y]), -1, x.value);
  } catch {
    return undefined;
  }
  if (x?.kind === "layer" && y?.kind === "layer") throw n.refuse("a difference of two layers is not known");
  return undefined;
};

const multiply: Rule = (n, b, [x, y]) => {
  if (y?.kind === "constant" && x?.kind === "layer") return affine(n, b, data(n, [x]), y.value, 0);
  if (x?.kind === "constant" && y?.kind === "layer") return affine(n, b, data(n, [y]), x.value, 0);
  if (x?.kind === "free" || y?.kind === "free") return undefined;
  if (x?.kind === "layer" && y?.kind === "layer")
    for (const [whole, share] of [
      [x, y],
      [y, x],
    ] as const) {
      const layer = b.layers.find((l) => l.name === share.layer);
      if (layer?.kind === "hard_sigmoid" && layer.inputs[0] === whole.layer)
        return b.layer(n, { kind: "hard_swish" }, [data(n, [whole])], whole.shape, {});
    }
  throw n.refuse("a product of two layers is not known");
};

/** A limit by one constant: max(x, 0), and min(x, 6) of what is not below zero. */
const limited =
  (limit: 0 | 6): Rule =>
  (n, b, inputs) => {
    const [first, second] = inputs;
    const [x, bound] = first?.kind === "constant" ? [second, first] : [first, second];
    if (inputs.length !== 2 || x?.kind !== "layer" || bound?.kind !== "constant") return undefined;
    const below = b.layers.find((l) => l.name === x.layer)?.kind;
    if (bound.value.data.some((v) => v !== limit) || (limit === 6 && below !== "relu"))
      throw n.refuse("its limits are not known; max(x, 0), and min(x, 6) of that are");
    return b.layer(n, { kind: limit === 0 ? "relu" : "relu6" }, [data(n, [x])], x.shape, {});
  };

const divide: Rule = (n, b, [x, y]) => {
  if (y?.kind === "constant" && x?.kind === "layer")
    return affine(n, b, data(n, [x]), { ...y.value, data: y.value.data.map((v) => 1 / v) }, 0);
  throw n.refuse("only a division by a constant is known");
};

const simple =
  (kind: string, check?: (n: Node) => string | undefined): Rule =>
  (n, b, inputs) => {
    const x = data(n, inputs);
    const fault = check?.(n);
    if (fault) throw n.refuse(fault);
    return b.layer(n, { kind }, [x], x.shape, {});
  };

const leaky: Rule = (n, b, inputs) => {
  const x = data(n, inputs);
  const slope = Number(n.float("alpha", 0.01).toPrecision(7));
  if (!(slope >= 0 && slope <= 1)) throw n.refuse(`its alpha is ${slope}, not between 0 and 1`);
  return b.layer(n, { kind: "leaky_relu", slope }, [x], x.shape, {});
};

const prelu: Rule = (n, b, inputs) => {
  const x = data(n, inputs);
  const slope = constant(n, inputs[1], "slope");
  const count = slope.data.length;
  if (count !== 1 && count !== x.shape[0])
    throw n.refuse(`its slope [${slope.shape}] is neither one value nor one a channel`);
  const layer = { kind: "parametric_relu", ...(count === 1 ? { shared: true } : {}) };
  return b.layer(n, layer, [x], x.shape, { slope: { ...slope, shape: [count] } });
};

const clip: Rule = (n, b, inputs) => {
  const x = data(n, inputs);
  const limit = (name: string, at: number, none: number): number =>
    n.has(name) ? n.float(name, none) : (optional(n, inputs[at], name)?.data[0] ?? none);
  const [low, high] = [limit("min", 1, Number.NEGATIVE_INFINITY), limit("max", 2, Number.POSITIVE_INFINITY)];
  const open = high > 3e38;
  const kind =
    low === 0 && open ? "relu" : low === 0 && high === 6 ? "relu6" : low === -1 && high === 1 ? "hard_tanh" : undefined;
  if (!kind) throw n.refuse(`its limits are ${low} and ${high}; 0 upwards, 0 and 6, or -1 and 1, are known`);
  return b.layer(n, { kind }, [x], x.shape, {});
};

const maxPool: Rule = (n, b, inputs) => {
  const x = map(n, inputs);
  if (n.int("storage_order", 0) !== 0) throw n.refuse("its storage_order is 1");
  if (n.message.output.length > 1 && n.message.output[1] !== "") throw n.refuse("it gives indices");
  const { fields, out } = geometry(n, x.shape, n.ints("kernel_shape") ?? [], true);
  return b.layer(n, { kind: "max_pool2d", ...fields }, [x], [x.shape[0], ...out], {});
};

const averagePool: Rule = (n, b, inputs) => {
  const x = map(n, inputs);
  const counted = n.int("count_include_pad", 0) === 1;
  const { fields, out } = geometry(n, x.shape, n.ints("kernel_shape") ?? [], true);
  if (fields.dilation !== undefined) throw n.refuse("its dilations are not 1");
  const padding = "padding" in fields && !counted ? { count_padding: false } : {};
  return b.layer(n, { kind: "avg_pool2d", ...fields, ...padding }, [x], [x.shape[0], ...out], {});
};

const globalAverage: Rule = (n, b, inputs) => {
  const x = map(n, inputs);
  return b.layer(n, { kind: "global_avg_pool" }, [x], [x.shape[0], 1, 1], {});
};

const globalMax: Rule = (n, b, inputs) => {
  const x = map(n, inputs);
  return b.layer(n, { kind: "max_pool2d", kernel: short(x.shape.slice(1)) }, [x], [x.shape[0], 1, 1], {});
};

const reduceMean: Rule = (n, b, inputs) => {
  if (inputs[0]?.kind === "free") return undefined;
  const x = map(n, inputs);
  const axes = (inputs[1] ? [...constant(n, inputs[1], "axes").data] : (n.ints("axes") ?? [])).map((a) => (a + 4) % 4);
  const keep = n.int("keepdims", 1) === 1;
  // Without axes it is refused below, whatever that would mean.
  n.skip("noop_with_empty_axes");
  const named = [...axes].sort().join();
  if (named !== "2,3") throw n.refuse("a mean is known over height and width only");
  return b.layer(n, { kind: "global_avg_pool" }, [x], keep ? [x.shape[0], 1, 1] : [x.shape[0]], {});
};

const concat: Rule = (n, b, inputs) => {
  const parts = inputs.map((v) => data(n, [v]));
  const rank = parts[0]!.shape.length + 1;
  const axis = n.int("axis", 1);
  if (axis !== 1 && axis !== 1 - rank) throw n.refuse(`its axis is ${axis}; channels are joined (axis 1)`);
  const [, ...rest] = parts[0]!.shape;
  if (parts.some((p) => p.shape.slice(1).join() !== rest.join())) throw n.refuse("its inputs are not of one size");
  if (parts.length === 1) return parts[0];
  const channels = parts.reduce((sum, p) => sum + p.shape[0], 0);
  return b.layer(n, { kind: "concat" }, parts, [channels, ...rest] as LayerValue["shape"], {});
};

/** The source position of each result position, as Resize defines it for mode nearest. */
function nearest(size: number, out: number, scale: number, how: string, rounding: string): number[] {
  return Array.from({ length: out }, (_, i) => {
    const at =
      how === "asymmetric"
        ? i / scale
        : how === "align_corners"
          ? out === 1
            ? 0
            : (i * (size - 1)) / (out - 1)
          : how === "pytorch_half_pixel" && out === 1
            ? 0
            : (i + 0.5) / scale - 0.5;
    const [low, high] = [Math.floor(at), Math.ceil(at)];
    const half = Math.abs(at - low - 0.5) < 1e-9;
    const round =
      rounding === "floor"
        ? low
        : rounding === "ceil"
          ? high
          : half
            ? rounding === "round_prefer_ceil"
              ? high
              : low
            : Math.round(at);
    return Math.min(size - 1, Math.max(0, round));
  });
}

const resize: Rule = (n, b, inputs) => {
  const x = map(n, inputs);
  const upsample = n.op === "Upsample";
  const mode = n.text("mode", "nearest");
  if (mode !== "nearest") throw n.refuse(`its mode is ${mode}; nearest is known`);
  const scales =
    n.floats("scales") ?? (inputs[upsample ? 1 : 2] ? [...constant(n, inputs[upsample ? 1 : 2], "scales").data] : []);
  const sizes = !upsample && inputs[3] ? [...constant(n, inputs[3], "sizes").data] : undefined;
  const axes = n.ints("axes")?.map((a) => (a + 4) % 4) ?? [0, 1, 2, 3];
  const how = upsample ? "asymmetric" : n.text("coordinate_transformation_mode", "half_pixel");
  const rounding = upsample ? "floor" : n.text("nearest_mode", "round_prefer_floor");
  // Of the cubic and linear modes, and of crops, which are refused.
  n.skip("cubic_coeff_a", "exclude_outside", "extrapolation_value");
  if (n.text("keep_aspect_ratio_policy", "stretch") !== "stretch") throw n.refuse("it keeps the aspect ratio");
  if (n.int("antialias", 0) !== 0) throw n.refuse("it filters (antialias)");
  const full = [1, x.shape[0], x.shape[1], x.shape[2]];
  const factors = full.map((size, axis) => {
    const i = axes.indexOf(axis);
    if (i < 0) return 1;
    return sizes ? (axis === 0 ? 1 : sizes[i]! / size) : (scales[i] ?? 1);
  });
  const [down, right] = [factors[2]!, factors[3]!];
  const whole = factors[0] === 1 && factors[1] === 1 && [down, right].every((f) => Number.isInteger(f) && f >= 1);
  if (!whole) throw n.refuse(`its factors are ${factors.join(", ")}; whole numbers of height and width are known`);
  for (const [axis, factor] of [down, right].entries()) {
    const size = x.shape[axis + 1]!;
    const source = nearest(size, size * factor, factor, how, rounding);
    if (source.some((s, i) => s !== Math.floor(i / factor)))
      throw n.refuse(`with ${how} and ${rounding} it does not repeat every pixel as often`);
  }
  if (down === 1 && right === 1) return x;
  const out = [x.shape[0], x.shape[1] * down, x.shape[2] * right] as const;
  return b.layer(n, { kind: "upsample", factor: short([down, right]) }, [x], out, {});
};

const depthToSpace: Rule = (n, b, inputs) => {
  const x = map(n, inputs);
  const block = n.int("blocksize", 0);
  const mode = n.text("mode", "DCR");
  if (mode !== "DCR" && mode !== "CRD") throw n.refuse(`its mode is ${mode}; DCR and CRD are known`);
  const [channels, height, width] = [x.shape[0] / block ** 2, x.shape[1] * block, x.shape[2] * block];
  return b.layer(n, { kind: "depth_to_space", block, order: mode.toLowerCase() }, [x], [channels, height, width], {});
};

const pad: Rule = (n, b, inputs) => {
  if (inputs[0]?.kind === "free") return undefined;
  const x = map(n, inputs);
  const given = inputs[1] ? [...constant(n, inputs[1], "pads").data] : [...(n.ints("pads") ?? [])];
  const value = inputs[2] ? constant(n, inputs[2], "value").data[0]! : n.float("value", 0);
  const mode = n.text("mode", "constant");
  const axes = (inputs[3] ? [...constant(n, inputs[3], "axes").data] : [0, 1, 2, 3]).map((a) => (a + 4) % 4);
  if (mode !== "constant" || value !== 0) throw n.refuse("only padding with zeros is known");
  const [before, after] = [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ];
  axes.forEach((axis, i) => {
    before[axis] = given[i]!;
    after[axis] = given[i + axes.length]!;
  });
  const sides = [before[2]!, before[3]!, after[2]!, after[3]!];
  if (before[0] || before[1] || after[0] || after[1] || sides.some((s) => s < 0))
    throw n.refuse("only height and width are padded, and not cropped");
  if (sides.every((s) => s === 0)) return x;
  const out = [x.shape[0], x.shape[1] + sides[0]! + sides[2]!, x.shape[2] + sides[1]! + sides[3]!] as const;
  return b.layer(n, { kind: "pad", padding: sides }, [x], out, {});
};

/** Flatten, Reshape, Squeeze and Unsqueeze, where they keep a map, drop axes of one pixel or flatten each image. */
const reshape: Rule = (n, b, inputs) => {
  const [x, second] = inputs;
  if (x?.kind !== "layer" || x.quantized || x.last) return undefined;
  const from = [b.batch, ...x.shape];
  const size = sizeOf(from);
  let to: number[] | undefined;
  if (n.op === "Reshape") {
    to = reshaped({ shape: from }, [...constant(n, second, "shape").data], n.int("allowzero", 0) === 1);
    if (!to) throw n.refuse(`its shape does not hold ${size} values`);
  } else if (n.op === "Flatten") {
    const axis = n.int("axis", 1);
    const at = axis < 0 ? axis + from.length : axis;
    to = [sizeOf(from.slice(0, at)), sizeOf(from.slice(at))];
  } else {
    const given = second ? [...constant(n, second, "axes").data] : n.ints("axes");
    const rank = n.op === "Squeeze" ? from.length : from.length + (given?.length ?? 0);
    const axes = given?.map((a) => (a < 0 ? a + rank : a));
    if (n.op === "Unsqueeze" && !axes) throw n.refuse("it has no axes");
    if (axes?.some((a, i) => a < 0 || a >= rank || axes.indexOf(a) !== i))
      throw n.refuse(`its axes are ${given!.join(", ")}, not some of the ${rank} that there are, each once`);
    if (n.op === "Squeeze") to = from.filter((s, i) => (axes ? !axes.includes(i) : s !== 1));
    else {
      const rest = [...from];
      to = Array.from({ length: rank }, (_, i) => (axes!.includes(i) ? 1 : rest.shift()!));
    }
  }
  const [batch, ...rest] = to as number[];
  if (batch !== b.batch) return undefined;
  if (rest.join() === x.shape.join()) return x;
  const pixels = x.shape.length === 3 ? x.shape[1] * x.shape[2] : 1;
  if (rest.length === 1) {
    // One pixel: the vector is the map.
    if (pixels === 1) return { ...x, shape: [rest[0]!] };
    return b.layer(n, { kind: "flatten" }, [x], [rest[0]!], {});
  }
  const onePixel = rest.length === 3 && rest[1] === 1 && rest[2] === 1 && pixels === 1;
  return onePixel ? { ...x, shape: layerShape(rest) } : undefined;
};

const transpose: Rule = (n, _b, [x]) => {
  if (x?.kind !== "layer") return undefined;
  const perm = n.ints("perm")?.join();
  if (x.last) {
    if (perm === "0,3,1,2") return { ...x, last: false };
    throw n.refuse("the input has channels last and is not transposed to channels first");
  }
  if (x.shape.length === 3 && x.shape[1] === 1 && x.shape[2] === 1 && perm === "0,2,3,1") return undefined;
  return undefined;
};

const argmax: Rule = (n, b, inputs) => {
  const x = data(n, inputs);
  const axis = n.int("axis", 0);
  const keep = n.int("keepdims", 1) === 1;
  if (n.int("select_last_index", 0) !== 0) throw n.refuse("it takes the last of equal values");
  const rank = x.shape.length + 1;
  if (axis !== 1 && axis !== 1 - rank) throw n.refuse("the largest of the channels is known (axis 1)");
  const [, h = 1, w = 1] = x.shape;
  const shape = h * w > 1 || (keep && x.shape.length === 3) ? ([1, h, w] as const) : ([1] as const);
  return { ...b.layer(n, { kind: "argmax" }, [x], shape, {}), index: true };
};

const nothing: Rule = (n, _b, inputs) => {
  // How training drops; the model here computes answers.
  n.skip("ratio", "seed");
  if (n.int("is_test", 1) !== 1) throw n.refuse("it drops values at inference too (is_test 0)");
  if (inputs[2]?.kind === "constant" && inputs[2].value.data[0] !== 0)
    throw n.refuse("it drops values at inference too");
  return inputs[0];
};

const cast: Rule = (n, _b, inputs) => {
  const to = n.int("to", 1);
  // Of types of 8 bits and less: to them nothing is cast here but the number of a class.
  n.skip("saturate", "round_mode");
  if (inputs[0]?.kind === "free") return undefined;
  const x = inputs[0];
  // Behind argmax a class may become any type.
  if (![1, 10, 11, 16].includes(to) && !(x?.kind === "layer" && x.index))
    throw n.refuse("it makes the values whole numbers");
  return x;
};

const quantize: Rule = (n, b, inputs) => {
  const x = data(n, inputs);
  constant(n, inputs[1], "scale");
  // Part of what the note names: the compiler chooses the integers of activations itself.
  n.skip("axis", "saturate", "block_size", "output_dtype", "precision");
  b.note("activations are quantized by the compiler's own calibration, not by the model's scales");
  return { ...x, quantized: true };
};

const dequantize: Rule = (n, _b, [x]) => {
  // As in front of it.
  n.skip("axis", "block_size", "output_dtype");
  if (x?.kind !== "layer" || !x.quantized) throw n.refuse("its input is not quantized");
  return { ...x, quantized: false };
};

/** QONNX: bits of an activation. */
const quant: Rule = (n, b, inputs) => {
  const x = data(n, inputs);
  const bits = constant(n, inputs[3], "bit width").data[0]!;
  // Part of what the note names: the compiler chooses the integers of activations itself, within these bits.
  n.skip("signed", "narrow", "rounding_mode");
  b.note("activations are quantized by the compiler's own calibration, not by the model's scales");
  return { ...x, bits };
};

const bipolar: Rule = (n, b, inputs) => {
  const x = data(n, inputs);
  const scale = constant(n, inputs[1], "scale");
  if (scale.data.some((v) => v !== 1)) throw n.refuse("its scale is not 1");
  return b.layer(n, { kind: "sign" }, [x], x.shape, {});
};

const softmax: Rule = (n) => {
  throw n.refuse(
    "softmax is not computed in hardware",
    "cut the model before it: the logits have the same order; or end it with ArgMax",
  );
};

/** What divides by a size of its own image: no constants stand for it. */
const NORMS: ReadonlySet<string> = new Set([
  ...["InstanceNormalization", "GroupNormalization", "LayerNormalization", "RMSNormalization", "LpNormalization"],
  ...["MeanVarianceNormalization", "LRN", "SimplifiedLayerNormalization"],
]);

const ownSize = (n: Node) =>
  n.refuse(
    "it divides each image by a size of its own, and hardware has constants",
    "train with BatchNormalization, whose values are constants; in front of an argmax an L2 norm changes nothing: cut it off",
  );

const norm: Rule = (n) => {
  throw ownSize(n);
};

/** Refused before anything is mapped: exporters put reshapes around them, which would be blamed. */
export function refuseNorms(n: Node): void {
  if (NORMS.has(n.op) && (n.domain === "" || n.domain === "com.microsoft")) throw ownSize(n);
}

/** Documented in docs/import.md; weights [outputs, inputs]. */
const adderDense: Rule = (n, b, inputs) =>
  dense(n, b, "adder_linear", data(n, inputs), constant(n, inputs[1], "weights"), optional(n, inputs[2], "bias"));

const shape: Rule = (_n, b, [x]) => {
  if (x?.kind === "layer") return { kind: "constant", value: vector([b.batch, ...x.shape]) };
  return x?.kind === "free" ? { kind: "constant", value: vector(x.computed.shape) } : undefined;
};

const hardSigmoid = simple("hard_sigmoid", (n) => {
  const [alpha, beta] = [n.float("alpha", 0.2), n.float("beta", 0.5)];
  return near(alpha, 1 / 6) && near(beta, 0.5)
    ? undefined
    : `its alpha and beta are ${alpha} and ${beta}; 1/6 and 1/2 are known`;
});

/** By operator; those of other domains with the domain in front. */
export const rules: Readonly<Record<string, Rule>> = {
  Conv: convolution("conv2d"),
  "addernet.AdderConv": convolution("adder_conv2d"),
  ConvTranspose: transposedConvolution("conv_transpose2d"),
  "addernet.AdderConvTranspose": transposedConvolution("adder_conv_transpose2d"),
  "addernet.AdderGemm": adderDense,
  Gemm: gemm,
  MatMul: matmul,
  BatchNormalization: batchNorm,
  Add: join,
  Sum: join,
  Sub: subtract,
  Mul: multiply,
  Div: divide,
  Relu: simple("relu"),
  Sigmoid: simple("sigmoid"),
  Tanh: simple("tanh"),
  HardSigmoid: hardSigmoid,
  HardSwish: simple("hard_swish"),
  LeakyRelu: leaky,
  PRelu: prelu,
  Clip: clip,
  Max: limited(0),
  Min: limited(6),
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalAverage,
  GlobalMaxPool: globalMax,
  ReduceMean: reduceMean,
  Concat: concat,
  DepthToSpace: depthToSpace,
  Resize: resize,
  Upsample: resize,
  Pad: pad,
  Flatten: reshape,
  Reshape: reshape,
  Squeeze: reshape,
  Unsqueeze: reshape,
  Transpose: transpose,
  ArgMax: argmax,
  Identity: nothing,
  Dropout: nothing,
  Cast: cast,
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  ReduceL1: norm,
  ReduceL2: norm,
  Softmax: softmax,
  LogSoftmax: softmax,
  Shape: shape,
  "qonnx.Quant": quant,
  "qonnx.BipolarQuant": bipolar,
};
