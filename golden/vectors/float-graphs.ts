// The trained example networks as float graphs, put together by hand from their checkpoints.
import type { Graph, GraphNode, InputSpec, WindowAttrs } from "../../generator/ir/graph.ts";
import type { FloatTensor, Shape } from "../../generator/ir/tensor.ts";
import type { Arrays } from "./load-int-network.ts";

/** Adds layers one after the other; each reads the one before it unless told otherwise. */
class Builder {
  readonly nodes: GraphNode[] = [];
  readonly input: InputSpec;
  readonly #arrays: Arrays;
  last: string;

  constructor(input: InputSpec, arrays: Arrays) {
    this.input = input;
    this.#arrays = arrays;
    this.last = input.name;
  }

  shapeOf(name: string): Shape {
    return name === this.input.name ? this.input.shape : this.nodes.find((n) => n.name === name)!.shape;
  }

  push(name: string, kind: string, shape: Shape, more: Partial<GraphNode> = {}): this {
    this.nodes.push({
      name,
      kind,
      inputs: [this.last],
      attrs: {},
      tensors: {},
      shape,
      overrides: {},
      path: [],
      ...more,
    });
    this.last = name;
    return this;
  }

  /** A layer that keeps the shape. */
  keep(name: string, kind: string, more: Partial<GraphNode> = {}): this {
    return this.push(name, kind, this.shapeOf(more.inputs?.[0] ?? this.last), more);
  }

  /** Convolution whose weights [out, in, k, k] are stored as `tensor`. */
  conv(name: string, kind: string, tensor: string, stride = 1, from = this.last): this {
    const t = this.#arrays.read(tensor);
    const [out, c, k] = t.shape as [number, number, number];
    // The example networks pad 5x5 by 2 at the first layer and not at all at the second; 3x3 always by 1.
    const pad = k === 3 ? 1 : k === 5 && c === 1 ? 2 : 0;
    const [h] = this.shapeOf(from);
    const size = Math.floor((h + 2 * pad - k) / stride) + 1;
    const data = new Float64Array(t.data.length);
    for (let o = 0; o < out; o++)
      for (let ch = 0; ch < c; ch++)
        for (let p = 0; p < k * k; p++) data[(o * k * k + p) * c + ch] = t.data[(o * c + ch) * k * k + p]!;
    return this.push(name, kind, [size, size, out], {
      inputs: [from],
      attrs: window(k, stride, pad),
      tensors: { weights: { shape: [out, k, k, c], data } },
    });
  }

  pool(name: string, kind: string): this {
    const [h, w, c] = this.shapeOf(this.last);
    return this.push(name, kind, [h / 2, w / 2, c], { attrs: { ...window(2, 2, 0), countPad: true } });
  }

  /** Adder layer over the flattened map; the stored inputs are in channel, row, column order. */
  linear(name: string): this {
    const [h, w, c] = this.shapeOf(this.last);
    if (h * w > 1) this.push(`${name}.flatten`, "flatten", [1, 1, h * w * c]);
    const t = this.#arrays.read(`${name}.adder`);
    const [out, inputs] = t.shape as [number, number];
    const data = new Float64Array(t.data.length);
    for (let o = 0; o < out; o++)
      for (let ch = 0; ch < c; ch++)
        for (let p = 0; p < h * w; p++) data[o * inputs + p * c + ch] = t.data[o * inputs + ch * h * w + p]!;
    return this.push(name, "adder_linear", [1, 1, out], { tensors: { weights: { shape: [out, inputs], data } } });
  }

  norm(name: string): this {
    const vector = (part: string): FloatTensor => {
      const t = this.#arrays.read(`${name}.${part}`);
      return { shape: t.shape, data: Float64Array.from(t.data) };
    };
    return this.keep(name, "batch_norm", {
      attrs: { eps: 1e-5 },
      tensors: {
        gamma: vector("weight"),
        beta: vector("bias"),
        mean: vector("running_mean"),
        variance: vector("running_var"),
      },
    });
  }

  graph(name: string): Graph {
    return { name, input: this.input, nodes: this.nodes, outputs: [this.last] };
  }
}

const window = (kernel: number, stride: number, pad: number): WindowAttrs & Record<string, unknown> => ({
  kernel: [kernel, kernel],
  stride: [stride, stride],
  dilation: [1, 1],
  padding: [pad, pad, pad, pad],
  groups: 1,
});

const digits: InputSpec = { name: "input", shape: [28, 28, 1], storage: "uint8", scale: [1 / 64], offset: [0] };

const [mean, deviation] = [
  [0.4914, 0.4822, 0.4465],
  [0.2023, 0.1994, 0.201],
];
const photos: InputSpec = {
  name: "input",
  shape: [32, 32, 3],
  storage: "uint8",
  scale: deviation.map((d) => 1 / 255 / d),
  offset: deviation.map((d, c) => -mean[c]! / d),
};

export function lenet5(arrays: Arrays): Graph {
  const b = new Builder(digits, arrays);
  for (const n of [1, 2])
    b.conv(`conv${n}`, "adder_conv2d", `conv${n}.adder`)
      .norm(`bn${n}`)
      .keep(`relu${n}`, "relu")
      .pool(`pool${n}`, "max_pool2d");
  b.linear("fc1").norm("bn3").keep("relu3", "relu").linear("fc2").norm("bn4").keep("relu4", "relu");
  return b.linear("fc3").norm("bn5").graph("lenet5");
}

export function tiny(arrays: Arrays): Graph {
  const b = new Builder(digits, arrays).pool("avgpool", "avg_pool2d");
  for (const n of [1, 2])
    b.conv(`conv${n}`, "adder_conv2d", `conv${n}.adder`, 2).norm(`bn${n}`).keep(`relu${n}`, "relu");
  return b.linear("fc").norm("bn3").graph("tiny");
}

/** Residual networks of three stages; the last layer of a block is called `out`. */
function resnet(name: string, b: Builder, blocks: number, out: string): Graph {
  b.conv("conv1", "conv2d", "conv1.weight").norm("bn1").keep("relu1", "relu");
  for (let stage = 1; stage <= 3; stage++)
    for (let block = 0; block < blocks; block++) {
      const at = `layer${stage}.${block}`;
      const from = b.last;
      const stride = stage > 1 && block === 0 ? 2 : 1;
      b.conv(`${at}.conv1`, "adder_conv2d", `${at}.conv1.adder`, stride).norm(`${at}.bn1`).keep(`${at}.relu1`, "relu");
      b.conv(`${at}.conv2`, "adder_conv2d", `${at}.conv2.adder`).norm(`${at}.bn2`);
      let shortcut = from;
      if (stride === 2) {
        b.conv(`${at}.downsample.0`, "adder_conv2d", `${at}.downsample.0.adder`, 2, from).norm(`${at}.downsample.1`);
        shortcut = b.last;
      }
      b.keep(`${at}.add`, "add", { inputs: [`${at}.bn2`, shortcut] }).keep(`${at}.${out}`, "relu");
    }
  b.push("avgpool", "global_avg_pool", [1, 1, b.shapeOf(b.last)[2]]);
  return b.conv("fc", "conv2d", "fc.weight").norm("bn2").graph(name);
}

export const resnet8 = (arrays: Arrays): Graph => resnet("resnet8", new Builder(digits, arrays), 1, "relu2");

export const resnet20 = (arrays: Arrays): Graph => resnet("resnet20", new Builder(photos, arrays), 3, "out");
