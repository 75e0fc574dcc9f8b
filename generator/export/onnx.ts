// The network as the user means it, in ONNX: adder layers are the custom operators of docs/import.md.
import { inputError } from "../diagnostics/diagnostics.ts";
import { encodeModel } from "../import/onnx/proto.ts";
import type { Graph, GraphNode, TransposeAttrs, WindowAttrs } from "../ir/graph.ts";
import type { FloatTensor, Shape } from "../ir/tensor.ts";
import { transpose } from "../layers/order.ts";
import type { PoolAttrs } from "../layers/pool.ts";
import type { DepthToSpaceAttrs } from "../layers/shape.ts";

/** Domains of operators, with the versions that are written. */
const DOMAINS = { "": 17, addernet: 1, "qonnx.custom_op.general": 1 } as const;
type Domain = keyof typeof DOMAINS;
const IR_VERSION = 8;
/** Codes of onnx.proto. */
const [FLOAT, INT64] = [1, 7];
const attributeType = { f: 1, i: 2, s: 3, ints: 7 } as const;

type Attributes = Readonly<Record<string, number | string | readonly number[] | { readonly float: number }>>;

/** A value between nodes: [N, C, H, W], or [N, C] for vectors. */
interface Value {
  readonly name: string;
  readonly rank: 2 | 4;
  readonly shape: Shape;
  /** The map whose pixels lie one behind the other in it, channels first here and last in the compiler. */
  readonly map?: Shape | undefined;
}

const pixels = ([h, w]: Shape): number => h * w;
const isMap = (shape: Shape): boolean => pixels(shape) > 1 && shape[2] > 1;

class Writer {
  readonly nodes: object[] = [];
  readonly tensors: object[] = [];
  readonly domains = new Set<Domain>([""]);
  readonly values = new Map<string, Value>();
  readonly #names: Set<string>;
  readonly #lastFirst: boolean;

  constructor(graph: Graph) {
    this.#names = new Set([graph.input.name, ...graph.nodes.map((n) => n.name)]);
    this.#lastFirst = !flattensIntoDense(graph);
    const { name, shape } = graph.input;
    this.values.set(name, { name, shape, rank: pixels(shape) === 1 ? 2 : 4 });
  }

  #fresh(base: string): string {
    let name = base;
    while (this.#names.has(name)) name += "_";
    this.#names.add(name);
    return name;
  }

  floats(base: string, shape: readonly number[], data: ArrayLike<number>): string {
    const name = this.#fresh(base);
    const rawData = new Uint8Array(Float32Array.from(data).buffer);
    this.tensors.push({ name, dims: shape, dataType: FLOAT, rawData });
    return name;
  }

  ints(base: string, data: readonly number[]): string {
    const name = this.#fresh(base);
    this.tensors.push({ name, dims: [data.length], dataType: INT64, int64Data: data });
    return name;
  }

  /** A node of one result; gives the result's name. */
  op(type: string, inputs: readonly string[], name: string, attributes: Attributes = {}, domain: Domain = ""): string {
    this.domains.add(domain);
    const attribute = Object.entries(attributes).map(([key, v]) => {
      const one = (field: keyof typeof attributeType, value: unknown) => ({
        name: key,
        [field]: value,
        type: attributeType[field],
      });
      if (typeof v === "number") return one("i", v);
      if (typeof v === "string") return one("s", new TextEncoder().encode(v));
      return "float" in v ? one("f", v.float) : one("ints", v);
    });
    this.nodes.push({ name, opType: type, domain, input: inputs, output: [name], attribute });
    return name;
  }

  helper(type: string, inputs: readonly string[], base: string, attributes: Attributes = {}): string {
    return this.op(type, inputs, this.#fresh(base), attributes);
  }

  /** A value as a vector or as a map of one pixel. */
  as(rank: 2 | 4, value: Value): string {
    if (value.rank === rank) return value.name;
    if (rank === 2) return this.helper("Flatten", [value.name], `${value.name}.flat`, { axis: 1 });
    const shape = this.ints(`${value.name}.axes`, [0, value.shape[2], 1, 1]);
    return this.helper("Reshape", [value.name, shape], `${value.name}.pixel`);
  }

  /** Flattens a map: channels first where dense layers follow, whose weights are put in order; else as the compiler does. */
  flatten(x: Value, name: string): Value {
    const shape: Shape = [1, 1, pixels(x.shape) * x.shape[2]];
    if (x.rank === 2) {
      this.op("Identity", [x.name], name);
      return { ...x, name };
    }
    if (!isMap(x.shape) || !this.#lastFirst) {
      this.op("Flatten", [x.name], name, { axis: 1 });
      return { name, shape, rank: 2, ...(isMap(x.shape) ? { map: x.shape } : {}) };
    }
    const turned = this.helper("Transpose", [x.name], `${name}.last`, { perm: [0, 2, 3, 1] });
    this.op("Flatten", [turned], name, { axis: 1 });
    return { name, shape, rank: 2 };
  }
}

/** Whether the values of every flattened map meet dense layers in the end, and nothing that depends on their order. */
function flattensIntoDense(graph: Graph): boolean {
  const ordered = new Set<string>();
  for (const n of graph.nodes) {
    const from = n.inputs.filter((i) => ordered.has(i));
    const x = graph.nodes.find((m) => m.name === n.inputs[0])?.shape ?? graph.input.shape;
    const starts = n.kind === "flatten" && isMap(x);
    if (starts) ordered.add(n.name);
    if (from.length === 0 || /linear$/.test(n.kind)) continue;
    if (n.kind === "concat" || n.kind === "argmax" || from.length !== n.inputs.length) return false;
    ordered.add(n.name);
  }
  return !graph.outputs.some((o) => ordered.has(o));
}

/** For each position of a vector in ONNX's order, its position in the compiler's. */
function positions([h, w, c]: Shape): number[] {
  const at: number[] = [];
  for (let ch = 0; ch < c; ch++) for (let p = 0; p < h * w; p++) at.push(p * c + ch);
  return at;
}

/** One value a channel of `x`, in ONNX's order. */
const perChannel = (data: ArrayLike<number>, x: Value): number[] =>
  x.map ? positions(x.map).map((p) => data[p]!) : Array.from(data);

const windowAttributes = ({ kernel, stride, dilation, padding }: WindowAttrs): Attributes => ({
  kernel_shape: kernel,
  strides: stride,
  pads: padding,
  ...(dilation.some((d) => d !== 1) ? { dilations: dilation } : {}),
});

const signs = (t: FloatTensor): FloatTensor => ({ ...t, data: t.data.map((v) => (v >= 0 ? 1 : -1)) });

/** `A`: the attributes that the kind reads. A method's type, so that a rule of any attributes is one of the table's. */
type Rule<A extends object = object> = {
  of(n: GraphNode<A>, w: Writer, inputs: readonly Value[]): Value;
}["of"];

const biasOf = (n: GraphNode, w: Writer): string[] =>
  n.tensors.bias ? [w.floats(`${n.name}.bias`, [n.tensors.bias.data.length], n.tensors.bias.data)] : [];

const conv =
  (op: string, domain: Domain = "", weights = (t: FloatTensor) => t): Rule<WindowAttrs> =>
  (n, w, [x]) => {
    const { shape, data } = transpose(weights(n.tensors.weights!), [0, 3, 1, 2]);
    const inputs = [w.as(4, x!), w.floats(`${n.name}.weights`, shape, data), ...biasOf(n, w)];
    const groups = n.attrs.groups === 1 ? {} : { group: n.attrs.groups };
    w.op(op, inputs, n.name, { ...windowAttributes(n.attrs), ...groups }, domain);
    return { name: n.name, rank: 4, shape: n.shape };
  };

/** Weights of the sliding window, [filters, taps in reverse, channels of a group], to [channels, filters of a group, taps]. */
function transposedWeights({ shape, data }: FloatTensor, groups: number): FloatTensor {
  const [filters, kh, kw, ins] = shape as readonly [number, number, number, number];
  const [taps, outs] = [kh * kw, filters / groups];
  const back = new Float64Array(data.length);
  for (let o = 0, at = 0; o < filters; o++)
    for (let k = taps - 1; k >= 0; k--)
      for (let i = 0; i < ins; i++, at++)
        back[((Math.floor(o / outs) * ins + i) * outs + (o % outs)) * taps + k] = data[at]!;
  return { shape: [ins * groups, outs, kh, kw], data: back };
}

const convTranspose =
  (op: string, domain: Domain = ""): Rule<TransposeAttrs> =>
  (n, w, [x]) => {
    const { kernel, dilation, padding, groups, insert } = n.attrs;
    const [down, right] = kernel.map((k, i) => dilation[i]! * (k - 1)) as [number, number];
    const [top, left, bottom, end] = padding;
    // More rows than the kernel reaches are output padding.
    const more = [Math.max(0, bottom - down), Math.max(0, end - right)];
    const { shape, data } = transposedWeights(n.tensors.weights!, groups);
    const inputs = [w.as(4, x!), w.floats(`${n.name}.weights`, shape, data), ...biasOf(n, w)];
    const attributes = {
      kernel_shape: kernel,
      strides: insert,
      pads: [down - top, right - left, down - bottom + more[0]!, right - end + more[1]!],
      ...(more.some((m) => m > 0) ? { output_padding: more } : {}),
      ...(dilation.some((d) => d !== 1) ? { dilations: dilation } : {}),
      ...(groups === 1 ? {} : { group: groups }),
    };
    w.op(op, inputs, n.name, attributes, domain);
    return { name: n.name, rank: 4, shape: n.shape };
  };

const dense =
  (op: string, attributes: Attributes, domain: Domain = "", weights = (t: FloatTensor) => t): Rule =>
  (n, w, [x]) => {
    const { shape, data } = weights(n.tensors.weights!);
    const [units, columns] = shape as [number, number];
    const at = x!.map && positions(x!.map);
    const ordered = at
      ? Float64Array.from(
          { length: data.length },
          (_, i) => data[Math.floor(i / columns) * columns + at[i % columns]!]!,
        )
      : data;
    const inputs = [w.as(2, x!), w.floats(`${n.name}.weights`, [units, columns], ordered), ...biasOf(n, w)];
    w.op(op, inputs, n.name, attributes, domain);
    return { name: n.name, rank: 2, shape: n.shape };
  };

/** A function of single values. */
const single =
  <A extends object>(op: string, attributes: (attrs: A) => Attributes = () => ({})): Rule<A> =>
  (n, w, [x]) => {
    w.op(op, [x!.name], n.name, attributes(n.attrs));
    return { ...x!, name: n.name };
  };

const clip =
  (min: number, max: number): Rule =>
  (n, w, [x]) => {
    w.op("Clip", [x!.name, w.floats(`${n.name}.min`, [], [min]), w.floats(`${n.name}.max`, [], [max])], n.name);
    return { ...x!, name: n.name };
  };

/** A constant for each channel that meets every pixel. */
const spread = (n: GraphNode, w: Writer, what: string, x: Value): string => {
  const { data } = n.tensors[what]!;
  if (data.length === 1) return w.floats(`${n.name}.${what}`, [1], data);
  return w.floats(`${n.name}.${what}`, x.rank === 4 ? [data.length, 1, 1] : [data.length], perChannel(data, x));
};

const pool =
  (op: string, more: (attrs: PoolAttrs) => Attributes): Rule<PoolAttrs> =>
  (n, w, [x]) => {
    const ceil = n.attrs.ceilMode ? { ceil_mode: 1 } : {};
    w.op(op, [w.as(4, x!)], n.name, { ...windowAttributes(n.attrs), ...ceil, ...more(n.attrs) });
    return { name: n.name, rank: 4, shape: n.shape };
  };

/** Inputs of a join, all maps or all vectors. */
function joined(w: Writer, inputs: readonly Value[]): { readonly names: string[]; readonly rank: 2 | 4 } {
  const rank = inputs.every((x) => x.rank === 4) ? 4 : 2;
  return { names: inputs.map((x) => w.as(rank, x)), rank };
}

const rules: Readonly<Record<string, Rule>> = {
  adder_conv2d: conv("AdderConv", "addernet"),
  conv2d: conv("Conv"),
  binary_conv2d: conv("Conv", "", signs),
  adder_conv_transpose2d: convTranspose("AdderConvTranspose", "addernet"),
  conv_transpose2d: convTranspose("ConvTranspose"),
  adder_linear: dense("AdderGemm", {}, "addernet"),
  linear: dense("Gemm", { transB: 1 }),
  binary_linear: dense("Gemm", { transB: 1 }, "", signs),
  batch_norm(n: GraphNode<{ readonly eps: number }>, w, [x]) {
    const channels = n.shape[2];
    const parts = ["gamma", "beta", "mean", "variance"].map((what) =>
      w.floats(`${n.name}.${what}`, [channels], perChannel(n.tensors[what]!.data, x!)),
    );
    w.op("BatchNormalization", [x!.name, ...parts], n.name, { epsilon: { float: n.attrs.eps } });
    return { ...x!, name: n.name };
  },
  bias(n, w, [x]) {
    w.op("Add", [x!.name, spread(n, w, "bias", x!)], n.name);
    return { ...x!, name: n.name };
  },
  scale(n, w, [x]) {
    const factor = [x!.name, spread(n, w, "scale", x!)];
    if (!n.tensors.offset) w.op("Mul", factor, n.name);
    else w.op("Add", [w.helper("Mul", factor, `${n.name}.scaled`), spread(n, w, "offset", x!)], n.name);
    return { ...x!, name: n.name };
  },
  power(n: GraphNode<{ readonly exponent: number }>, w, [x]) {
    const exponent = w.floats(`${n.name}.exponent`, [], [n.attrs.exponent]);
    const size = w.helper("Abs", [x!.name], `${n.name}.size`);
    const raised = w.helper("Pow", [size, exponent], `${n.name}.raised`);
    w.op("Mul", [w.helper("Sign", [x!.name], `${n.name}.sign`), raised], n.name);
    return { ...x!, name: n.name };
  },
  relu: single("Relu"),
  relu6: clip(0, 6),
  hard_tanh: clip(-1, 1),
  leaky_relu: single("LeakyRelu", ({ slope }: { readonly slope: number }) => ({ alpha: { float: slope } })),
  randomized_relu: single("LeakyRelu", ({ lower, upper }: { readonly lower: number; readonly upper: number }) => ({
    alpha: { float: (lower + upper) / 2 },
  })),
  parametric_relu(n, w, [x]) {
    w.op("PRelu", [x!.name, spread(n, w, "slope", x!)], n.name);
    return { ...x!, name: n.name };
  },
  sign(n, w, [x]) {
    const one = w.floats(`${n.name}.scale`, [], [1]);
    w.op("BipolarQuant", [x!.name, one], n.name, {}, "qonnx.custom_op.general");
    return { ...x!, name: n.name };
  },
  sigmoid: single("Sigmoid"),
  tanh: single("Tanh"),
  hard_sigmoid: single("HardSigmoid", () => ({ alpha: { float: 1 / 6 }, beta: { float: 0.5 } })),
  hard_swish: single("HardSwish"),
  max_pool2d: pool("MaxPool", () => ({})),
  avg_pool2d: pool("AveragePool", ({ countPad }) => (countPad ? { count_include_pad: 1 } : {})),
  global_avg_pool(n, w, [x]) {
    w.op("GlobalAveragePool", [w.as(4, x!)], n.name);
    return { name: n.name, rank: 4, shape: n.shape };
  },
  add(n, w, inputs) {
    const { names, rank } = joined(w, inputs);
    w.op(names.length === 2 ? "Add" : "Sum", names, n.name);
    return { name: n.name, rank, shape: n.shape, map: inputs[0]!.map };
  },
  concat(n, w, inputs) {
    const { names, rank } = joined(w, inputs);
    w.op("Concat", names, n.name, { axis: 1 });
    return { name: n.name, rank, shape: n.shape };
  },
  upsample(n: GraphNode<{ readonly factor: readonly [number, number] }>, w, [x]) {
    const [down, right] = n.attrs.factor;
    const scales = w.floats(`${n.name}.scales`, [4], [1, 1, down, right]);
    // Every pixel as often as the factor says.
    const how = { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" };
    w.op("Resize", [w.as(4, x!), "", scales], n.name, how);
    return { name: n.name, rank: 4, shape: n.shape };
  },
  depth_to_space(n: GraphNode<DepthToSpaceAttrs>, w, [x]) {
    const { block, order } = n.attrs;
    const [down, right] = block;
    const value: Value = { name: n.name, rank: 4, shape: n.shape };
    if (down === right) {
      w.op("DepthToSpace", [w.as(4, x!)], n.name, { blocksize: down, mode: order.toUpperCase() });
      return value;
    }
    // ONNX knows square blocks alone: the same by moving axes.
    const [height, width, channels] = [n.shape[0] / down, n.shape[1] / right, n.shape[2]];
    const split = order === "crd" ? [channels, down, right] : [down, right, channels];
    const apart = w.helper(
      "Reshape",
      [w.as(4, x!), w.ints(`${n.name}.split`, [0, ...split, height, width])],
      `${n.name}.apart`,
    );
    const perm = order === "crd" ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2];
    const moved = w.helper("Transpose", [apart], `${n.name}.moved`, { perm });
    w.op("Reshape", [moved, w.ints(`${n.name}.shape`, [0, channels, n.shape[0], n.shape[1]])], n.name);
    return value;
  },
  pad(n: GraphNode<WindowAttrs>, w, [x]) {
    const [top, left, bottom, right] = n.attrs.padding;
    w.op("Pad", [w.as(4, x!), w.ints(`${n.name}.pads`, [0, 0, top, left, 0, 0, bottom, right])], n.name);
    return { name: n.name, rank: 4, shape: n.shape };
  },
  flatten: (n, w, [x]) => w.flatten(x!, n.name),
  identity: single("Identity"),
  dropout: single("Identity"),
  argmax(n, w, [x]) {
    w.op("ArgMax", [w.as(2, x!)], n.name, { axis: 1, keepdims: 1 });
    return { name: n.name, rank: 2, shape: n.shape };
  },
};

const info = ({ name, rank, shape: [h, w, c] }: Value, elemType: number) => {
  const sizes = (rank === 4 ? [c, h, w] : [h * w * c]).map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType, shape: { dim: [{ dimParam: "N" }, ...sizes] } } } };
};

/** Layer kinds that have a counterpart. */
export const onnxKinds: readonly string[] = Object.keys(rules);

/**
 * The bytes of a model of the real network (float32): its input takes real values, channels first; layers keep their
 * names. The same network gives the same bytes. Throws InputError (AN9006) for a layer that ONNX has no operator for.
 */
export function onnxModel(graph: Graph): Uint8Array {
  const w = new Writer(graph);
  for (const node of graph.nodes) {
    const rule = Object.hasOwn(rules, node.kind) ? rules[node.kind] : undefined;
    if (!rule)
      throw inputError({
        code: "AN9006",
        message: `the layer ${JSON.stringify(node.name)} cannot be written as ONNX`,
        path: node.path,
        expected: `one of ${onnxKinds.join(", ")}`,
        found: node.kind,
      });
    w.values.set(
      node.name,
      rule(
        node,
        w,
        node.inputs.map((i) => w.values.get(i)!),
      ),
    ); // prettier-ignore
  }
  const { name, scale, offset, storage } = graph.input;
  const isClass = (o: string) => graph.nodes.find((n) => n.name === o)?.kind === "argmax";
  return encodeModel({
    irVersion: IR_VERSION,
    producerName: "addernet-rtl",
    opsetImport: [...w.domains].map((domain) => ({ domain, version: DOMAINS[domain] })),
    graph: {
      name: graph.name,
      docString: `${JSON.stringify(name)} takes real values: a stored ${storage} q of channel c means q * scale[c] + offset[c], scale [${scale.join(", ")}], offset [${offset.join(", ")}]`,
      node: w.nodes,
      initializer: w.tensors,
      input: [info(w.values.get(name)!, FLOAT)],
      output: graph.outputs.map((o) => info(w.values.get(o)!, isClass(o) ? INT64 : FLOAT)),
    },
  });
}
