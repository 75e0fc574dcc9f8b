// The kinds that no outside vector covers, by hand.
import { describe, expect, test } from "vitest";
import type { GraphNode } from "../../generator/ir/graph.ts";
import type { FloatTensor, Shape } from "../../generator/ir/tensor.ts";
import { floatLayers, realInput, runFloat } from "../index.ts";

const map = (shape: Shape, ...data: number[]): FloatTensor => ({ shape, data: Float64Array.from(data) });

const node = (kind: string, shape: Shape, more: Partial<GraphNode> = {}): GraphNode => ({
  name: kind,
  kind,
  inputs: ["x"],
  attrs: {},
  tensors: {},
  shape,
  overrides: {},
  path: [],
  ...more,
});

const run = (n: GraphNode, ...inputs: FloatTensor[]): number[] => Array.from(floatLayers.get(n.kind)!(n, inputs).data);

describe("functions of one value", () => {
  test.each<[string, number[], number[]]>([
    ["relu", [-1, 0, 2], [0, 0, 2]],
    ["relu6", [-1, 5, 7], [0, 5, 6]],
    ["hard_tanh", [-2, 0.5, 3], [-1, 0.5, 1]],
    ["hard_sigmoid", [-4, 0, 4], [0, 0.5, 1]],
    ["hard_swish", [-4, 1, 5], [-0, 4 / 6, 5]],
    ["sigmoid", [0, 800, -800], [0.5, 1, 0]],
    ["tanh", [0, 1, -1], [0, Math.tanh(1), -Math.tanh(1)]],
    ["identity", [1, -2, 3], [1, -2, 3]],
    ["dropout", [1, -2, 3], [1, -2, 3]],
  ])("%s", (kind, x, y) => {
    expect(run(node(kind, [1, 1, 3]), map([1, 1, 3], ...x))).toEqual(y);
  });

  test("leaky_relu", () => {
    expect(run(node("leaky_relu", [1, 1, 2], { attrs: { slope: 0.1 } }), map([1, 1, 2], -2, 3))).toEqual([-0.2, 3]);
  });
});

test("batch_norm and bias work channel by channel", () => {
  const x = map([1, 2, 2], 1, 10, 3, 20);
  const v = (...data: number[]) => ({ shape: [2], data: Float64Array.from(data) });
  const tensors = { gamma: v(2, -1), beta: v(1, 0), mean: v(1, 10), variance: v(3.75, 0), bias: v(5, -5) };
  expect(run(node("batch_norm", [1, 2, 2], { attrs: { eps: 0.25 }, tensors }), x)).toEqual([1, 0, 3, -20]);
  expect(run(node("bias", [1, 2, 2], { tensors }), x)).toEqual([6, 5, 8, 15]);
});

test("scale multiplies channel by channel, with and without an offset", () => {
  const x = map([1, 2, 2], 1, 10, 3, 20);
  const v = (...data: number[]) => ({ shape: [2], data: Float64Array.from(data) });
  expect(run(node("scale", [1, 2, 2], { tensors: { scale: v(2, -3), offset: v(1, 4) } }), x)).toEqual([3, -26, 7, -56]);
  expect(run(node("scale", [1, 2, 2], { tensors: { scale: v(2, -3) } }), x)).toEqual([2, -30, 6, -60]);
});

test("depth_to_space counts channels as PyTorch does, and as ONNX does where nothing is said", () => {
  const x = map([1, 2, 8], ...Array.from({ length: 16 }, (_, i) => i));
  const at = (order: string) => run(node("depth_to_space", [2, 4, 2], { attrs: { block: [2, 2], order } }), x);
  expect(at("crd")).toEqual([0, 4, 1, 5, 8, 12, 9, 13, 2, 6, 3, 7, 10, 14, 11, 15]);
  expect(at("dcr")).toEqual([0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15]);
});

test("linear layers add their bias", () => {
  const tensors = {
    weights: { shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) },
    bias: { shape: [2], data: Float64Array.of(10, 20) },
  };
  expect(run(node("linear", [1, 1, 2], { tensors }), map([1, 1, 2], 1, -1))).toEqual([9, 19]);
  expect(run(node("adder_linear", [1, 1, 2], { tensors }), map([1, 1, 2], 1, -1))).toEqual([7, 13]);
});

test("transposed convolutions: products add up where kernels meet, distances count the zeros between pixels", () => {
  const window = { kernel: [2, 2], stride: [1, 1], dilation: [1, 1], padding: [1, 1, 1, 1], groups: 1 };
  const weights = { shape: [1, 2, 2, 1], data: Float64Array.of(4, 3, 2, 1) };
  const more = { attrs: { ...window, insert: [1, 2] }, tensors: { weights } };
  const x = map([1, 2, 1], 1, 10);
  expect(run(node("conv_transpose2d", [2, 4, 1], more), x)).toEqual([1, 2, 10, 20, 3, 4, 30, 40]);
  expect(run(node("adder_conv_transpose2d", [2, 4, 1], more), x)).toEqual([-9, -9, -18, -16, -9, -9, -14, -12]);
});

test("transposed convolutions with steps, dilation, groups and uneven paddings are windows over the map with zeros put in", () => {
  const [insert, dilation, kernel, padding, groups] = [[2, 3], [3, 2], [2, 3], [2, 1, 0, 0], 2] as const;
  const [rows, columns, ins, outs] = [3, 4, 2, 3];
  const [channels, filters] = [groups * ins, groups * outs];
  const height = (rows - 1) * insert[0] + 1 + padding[0] + padding[2] - (kernel[0] - 1) * dilation[0];
  const width = (columns - 1) * insert[1] + 1 + padding[1] + padding[3] - (kernel[1] - 1) * dilation[1];
  const numbers = (n: number, step: number) => Array.from({ length: n }, (_, i) => ((i * step) % 23) - 11);
  const x = map([rows, columns, channels], ...numbers(rows * columns * channels, 7));
  const w = numbers(filters * kernel[0] * kernel[1] * ins, 5);
  const bias = numbers(filters, 3);
  const wide = columns * insert[1] + padding[1] + padding[3];
  const zeros = new Map<number, number>();
  x.data.forEach((v, i) => {
    const [y, c] = [Math.floor(i / channels / columns), Math.floor(i / channels) % columns];
    zeros.set(((y * insert[0] + padding[0]) * wide + c * insert[1] + padding[1]) * channels + (i % channels), v);
  });
  const windows = (tap: (v: number, weight: number) => number): number[] =>
    Array.from({ length: height * width * filters }, (_, at) => {
      const [oy, ox, o] = [Math.floor(at / filters / width), Math.floor(at / filters) % width, at % filters];
      let sum = bias[o]!;
      for (let ky = 0; ky < kernel[0]; ky++)
        for (let kx = 0; kx < kernel[1]; kx++)
          for (let i = 0; i < ins; i++) {
            const pixel = (oy + ky * dilation[0]) * wide + ox + kx * dilation[1];
            const v = zeros.get(pixel * channels + Math.floor(o / outs) * ins + i) ?? 0;
            sum += tap(v, w[((o * kernel[0] + ky) * kernel[1] + kx) * ins + i]!);
          }
      return sum;
    });
  const more = {
    attrs: { insert, dilation, kernel, padding, groups, stride: [1, 1] },
    tensors: {
      weights: { shape: [filters, ...kernel, ins], data: Float64Array.from(w) },
      bias: { shape: [filters], data: Float64Array.from(bias) },
    },
  };
  const shape = [height, width, filters] as const;
  expect(run(node("conv_transpose2d", shape, more), x)).toEqual(windows((v, weight) => v * weight));
  expect(run(node("adder_conv_transpose2d", shape, more), x)).toEqual(windows((v, weight) => -Math.abs(v - weight)));
});

test("convolutions add their bias and keep groups apart", () => {
  const tensors = {
    weights: { shape: [2, 1, 1, 1], data: Float64Array.of(2, 3) },
    bias: { shape: [2], data: Float64Array.of(0, 100) },
  };
  const attrs = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 2 };
  const x = map([1, 2, 2], 1, 10, 2, 20);
  expect(run(node("conv2d", [1, 2, 2], { attrs, tensors }), x)).toEqual([2, 130, 4, 160]);
  expect(run(node("adder_conv2d", [1, 2, 2], { attrs, tensors }), x)).toEqual([-1, 93, 0, 83]);
});

test("avg_pool2d counts padding where asked", () => {
  const attrs = { kernel: [2, 2], stride: [2, 2], dilation: [1, 1], padding: [1, 1, 1, 1], groups: 1 };
  const x = map([2, 2, 1], 4, 8, 12, 16);
  expect(run(node("avg_pool2d", [2, 2, 1], { attrs: { ...attrs, countPad: true } }), x)).toEqual([1, 2, 3, 4]);
  expect(run(node("avg_pool2d", [2, 2, 1], { attrs: { ...attrs, countPad: false } }), x)).toEqual([4, 8, 12, 16]);
});

test("avg_pool2d counts each side's own padding", () => {
  const attrs = { kernel: [3, 2], stride: [3, 2], dilation: [1, 1], padding: [0, 1, 1, 2], groups: 1, countPad: true };
  const x = map([2, 2, 1], 6, 12, 18, 24);
  // Three rows, the last one padding; below it nothing counts, and right of the two columns of padding nothing either.
  expect(run(node("avg_pool2d", [1, 3, 1], { attrs }), x)).toEqual([4, 6, 0]);
  const beyond = { ...attrs, kernel: [4, 2] };
  expect(run(node("avg_pool2d", [1, 2, 1], { attrs: beyond }), x)).toEqual([4, 6]);
});

test("upsample repeats pixels down and right", () => {
  const x = map([1, 2, 2], 1, 2, 3, 4);
  const [a, b] = [
    [1, 2],
    [3, 4],
  ];
  const row = [...a, ...a, ...a, ...b, ...b, ...b];
  expect(run(node("upsample", [2, 6, 2], { attrs: { factor: [2, 3] } }), x)).toEqual([...row, ...row]);
});

test("add takes any number of inputs; concat joins channels", () => {
  const [a, b, c] = [map([1, 2, 1], 1, 2), map([1, 2, 1], 10, 20), map([1, 2, 2], 5, 6, 7, 8)];
  expect(run(node("add", [1, 2, 1]), a, b, a)).toEqual([12, 24]);
  expect(run(node("concat", [1, 2, 3]), b, c)).toEqual([10, 5, 6, 20, 7, 8]);
});

test("argmax takes the lowest index on a tie; flatten keeps the order", () => {
  expect(run(node("argmax", [1, 1, 1]), map([1, 1, 4], 1, 7, 7, 2))).toEqual([1]);
  expect(run(node("argmax", [1, 3, 1]), map([1, 3, 2], 2, 1, 3, 4, 9, 5))).toEqual([0, 1, 0]);
  expect(run(node("flatten", [1, 1, 4]), map([2, 1, 2], 1, 2, 3, 4))).toEqual([1, 2, 3, 4]);
});

describe("runFloat", () => {
  const input = { name: "x", shape: [1, 1, 2] as const, storage: "uint8" as const, scale: [0.5, 2], offset: [1, -1] };
  const graph = { name: "g", input, nodes: [node("relu", [1, 1, 2])], outputs: ["relu"] };

  test("gives the input and every layer", () => {
    const real = realInput(input, { shape: [1, 1, 2], data: Int32Array.of(4, 0) });
    const results = runFloat(graph, real);
    expect([...results.keys()]).toEqual(["x", "relu"]);
    expect(Array.from(results.get("x")!.data)).toEqual([3, -1]);
    expect(Array.from(results.get("relu")!.data)).toEqual([3, 0]);
  });

  test("refuses an image of another size, an unknown kind, an input that comes later", () => {
    const image = map([1, 1, 2], 1, 2);
    expect(() => runFloat(graph, map([1, 1, 1], 1))).toThrow(RangeError);
    expect(() => runFloat({ ...graph, nodes: [node("wavelet", [1, 1, 2])] }, image)).toThrow('no layer kind "wavelet"');
    expect(() => runFloat({ ...graph, nodes: [node("relu", [1, 1, 2], { inputs: ["y"] })] }, image)).toThrow(
      'reads "y"',
    );
    expect(() => runFloat({ ...graph, nodes: [node("bias", [1, 1, 2])] }, image)).toThrow('no tensor "bias"');
  });
});
