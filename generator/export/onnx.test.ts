import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { realInput, runFloat } from "../../golden/index.ts";
import { main } from "../cli/cli.ts";
import { load } from "../compile.ts";
import { importOnnx } from "../import/onnx/index.ts";
import { decodeModel } from "../import/onnx/proto.ts";
import type { Graph } from "../ir/graph.ts";
import { layers } from "../layers/index.ts";
import { onnxKinds, onnxModel } from "./onnx.ts";

const root = join(import.meta.dirname, "../..");

function graphOf(text: string, read: (path: string) => Uint8Array): Graph {
  const loaded = load(text, read);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics[0]));
  return loaded.value.graph;
}
const parsed = (text: object) => graphOf(JSON.stringify(text), () => new Uint8Array());

/** The same network, read back from the model. */
function back(graph: Graph): Graph {
  const { files } = importOnnx(onnxModel(graph), () => new Uint8Array(), { name: "n" });
  return graphOf(new TextDecoder().decode(files.get("network.json")), (path) => files.get(path)!);
}

/** Every output of both on real values that follow from the position. */
function compare(graph: Graph, other = back(graph)): void {
  const size = graph.input.shape.reduce((a, b) => a * b);
  const image = { shape: graph.input.shape, data: Int32Array.from({ length: size }, (_, i) => (i * 37 + 11) % 128) };
  const x = realInput(graph.input, image);
  const [wanted, found] = [runFloat(graph, x), runFloat(other, x)];
  expect(other.outputs).toHaveLength(graph.outputs.length);
  for (const [i, name] of graph.outputs.entries()) {
    const [a, b] = [wanted.get(name)!.data, found.get(other.outputs[i]!)!.data];
    const largest = a.reduce((max, v) => Math.max(max, Math.abs(v)), 1);
    expect(b.length).toBe(a.length);
    for (const [k, v] of a.entries()) expect(Math.abs(v - b[k]!) / largest, `${name} ${k}`).toBeLessThan(1e-5);
  }
}

const weights = (...dims: number[]): unknown =>
  dims.length === 0 ? 0.5 : Array.from({ length: dims[0]! }, (_, i) => tensor(dims.slice(1), i));
function tensor(dims: readonly number[], seed: number): unknown {
  if (dims.length === 0) return (((seed * 29 + 7) % 17) - 8) / 8;
  return Array.from({ length: dims[0]! }, (_, i) => tensor(dims.slice(1), seed * 5 + i));
}

const net = (shape: readonly number[], layers: readonly object[], more: object = {}) =>
  parsed({ format: "addernet-rtl/1", name: "n", input: { shape, scale: 1 / 32 }, layers, ...more });

const norm = (n: number) => ({
  kind: "batch_norm",
  gamma: Array.from({ length: n }, (_, i) => 1 + i / 8),
  beta: Array.from({ length: n }, (_, i) => i / 4),
  mean: Array.from({ length: n }, (_, i) => -i / 2),
  variance: Array.from({ length: n }, (_, i) => 0.5 + i),
});
const conv = { kind: "conv2d", filters: 3, kernel: 2, weights: weights(3, 2, 2, 2) };

describe("what is written is what is read again", () => {
  const cases: [string, Graph][] = [
    [
      "activations",
      net(
        [3, 4, 2],
        [
          conv,
          { name: "r", kind: "relu" },
          { name: "r6", kind: "relu6" },
          { name: "l", kind: "leaky_relu", slope: 0.25 },
          { name: "p", kind: "parametric_relu", slope: [0.5, 0.25, 0.125] },
          { name: "rr", kind: "randomized_relu", lower: 0.25, upper: 0.75 },
          { name: "s", kind: "sigmoid" },
          { name: "t", kind: "tanh" },
          { name: "hs", kind: "hard_sigmoid" },
          { name: "hw", kind: "hard_swish" },
          { name: "ht", kind: "hard_tanh" },
          { name: "sg", kind: "sign" },
        ].map((l, i) => ({ name: `n${i}`, ...l })),
        { outputs: ["r6", "p", "t", "ht", "sg"] },
      ),
    ], // prettier-ignore
    [
      "windows and joins",
      net(
        [5, 6, 2],
        [
          { ...conv, name: "c", stride: [1, 2], padding: [1, 0, 0, 1], bias: [0.5, 1, -1] },
          {
            name: "g",
            kind: "adder_conv2d",
            filters: 6,
            kernel: 3,
            groups: 3,
            padding: 1,
            weights: weights(6, 1, 3, 3),
          },
          { name: "n", ...norm(6) },
          { name: "m", kind: "max_pool2d", kernel: 3, stride: 2, padding: 1, ceil_mode: true },
          { name: "a", kind: "avg_pool2d", kernel: 3, stride: 2, padding: 1, count_padding: false, inputs: ["n"] },
          { name: "j", kind: "add", inputs: ["m", "a"] },
          { name: "u", kind: "upsample", factor: [2, 1] },
          { name: "z", kind: "pad", padding: [0, 1, 2, 0] },
          { name: "k", kind: "concat", inputs: ["z", "z"] },
          { name: "e", kind: "global_avg_pool" },
          { name: "b", kind: "bias", bias: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] },
          { name: "f", kind: "adder_linear", units: 4, weights: weights(4, 12) },
          { name: "x", kind: "argmax" },
        ],
        { outputs: ["k", "f", "x"] },
      ),
    ], // prettier-ignore
    [
      "a flattened map between norms and dense layers",
      net(
        [2, 3, 2],
        [
          { ...conv, name: "c", filters: 2, kernel: 1, weights: weights(2, 2, 1, 1) },
          { name: "f", kind: "flatten" },
          { name: "n", ...norm(12) },
          { name: "r", kind: "relu" },
          { name: "j", kind: "add", inputs: ["n", "r"] },
          { name: "d", kind: "linear", units: 3, weights: weights(3, 12), bias: [1, 2, 3] },
        ],
      ),
    ], // prettier-ignore
    [
      "binary layers",
      net(
        [3, 3, 2],
        [
          { name: "c", kind: "binary_conv2d", filters: 2, kernel: 2, weights: weights(2, 2, 2, 2) },
          { name: "s", kind: "sign" },
          { name: "f", kind: "flatten" },
          { name: "d", kind: "binary_linear", units: 3, weights: weights(3, 8) },
        ],
      ),
    ], // prettier-ignore
  ];
  test.each(cases)("%s", (_, graph) => compare(graph));

  const examples = readdirSync(join(root, "testbench/nets/kinds"));
  test.each(examples.filter((file) => file.endsWith(".json")))(
    "%s is a model of nodes under the layers' names",
    (file) => {
      const path = join(root, "testbench/nets/kinds", file);
      const graph = graphOf(readFileSync(path, "utf8"), (name) => readFileSync(join(path, "..", name)));
      const { graph: written } = decodeModel(onnxModel(graph));
      const named = new Set(written!.node.map((n) => n.name));
      for (const n of graph.nodes) expect(named).toContain(n.name);
      expect(written!.output.map((o) => o.name)).toEqual(graph.outputs);
    },
  );

  test("the trained LeNet-5", () => {
    const dir = join(root, "examples/lenet5-mnist");
    const read = (name: string) => readFileSync(join(dir, name));
    const graph = graphOf(read("network.json").toString(), read);
    const again = back(graph);
    expect(again.nodes.map((n) => n.kind).filter((k) => k.startsWith("adder"))).toHaveLength(5);
    compare(graph, again);
    expect(onnxModel(graph)).toEqual(onnxModel(graph));
  });
});

test("a flattened map that leaves keeps the compiler's order", () => {
  const graph = net(
    [2, 2, 3],
    [
      { name: "r", kind: "relu" },
      { name: "f", kind: "flatten" },
    ],
    { layout: "channels_last" },
  );
  const { graph: written } = decodeModel(onnxModel(graph));
  expect(written!.node.map((n) => n.opType)).toEqual(["Relu", "Transpose", "Flatten"]);
});

test("pixels of channels, square blocks as one operator and others by moving axes", () => {
  const layers = [
    { name: "r", kind: "relu" },
    { name: "crd", kind: "depth_to_space", block: 2, inputs: ["r"] },
    { name: "dcr", kind: "depth_to_space", block: 2, order: "dcr", inputs: ["r"] },
  ];
  compare(net([2, 3, 8], layers, { outputs: ["crd", "dcr"] }));
  const wide = net([2, 3, 6], [{ name: "w", kind: "depth_to_space", block: [1, 3] }]);
  expect(decodeModel(onnxModel(wide)).graph!.node.map((n) => n.opType)).toEqual(["Reshape", "Transpose", "Reshape"]);
});

test("transposed convolutions: weights and paddings are the kernel's own again", () => {
  const layers = [
    {
      name: "m",
      kind: "conv_transpose2d",
      filters: 4,
      kernel: [2, 3],
      stride: [2, 3],
      padding: [0, 1, 1, 0],
      output_padding: [1, 0],
      groups: 2,
      weights: weights(2, 2, 2, 3),
      bias: [1, 2, 3, 4],
    },
    {
      name: "a",
      kind: "adder_conv_transpose2d",
      filters: 3,
      kernel: 2,
      dilation: 2,
      padding: 1,
      weights: weights(4, 3, 2, 2),
    },
  ];
  compare(net([2, 3, 2], layers));
});

test("every layer kind has its operator, or is refused by name", () => {
  for (const kind of onnxKinds) expect(layers.has(kind), kind).toBe(true);
  const graph = net([2, 2, 3], [{ name: "r", kind: "relu" }]);
  const strange = { ...graph, nodes: [{ ...graph.nodes[0]!, kind: "fourier" }] };
  expect(() => onnxModel(strange)).toThrow(/"r" cannot be written as ONNX/);
});

test("the command writes one file, and refuses integers", async () => {
  const dir = mkdtempSync(join(tmpdir(), "addernet-onnx-"));
  try {
    const example = join(root, "examples/xor/network.json");
    const out = join(dir, "out");
    expect(await main(["export", example, "--format", "onnx", "-o", out])).toBe(0);
    expect(readdirSync(out)).toContain("network.onnx");
    expect(await main(["quantize", example, "-o", join(dir, "q")])).toBe(0);
    expect(await main(["export", join(dir, "q/integers.json"), "--format", "onnx", "-o", join(dir, "no")])).toBe(1);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
