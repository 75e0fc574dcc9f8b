import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { realInput, runFloat } from "../../../golden/index.ts";
import { load } from "../../compile.ts";
import { InputError } from "../../diagnostics/diagnostics.ts";
import type { Graph } from "../../ir/graph.ts";
import { importOnnx, type OnnxOptions } from "./index.ts";
import { encodeModel } from "./proto.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const names = readdirSync(fixtures)
  .filter((file) => file.endsWith(".onnx"))
  .map((file) => file.slice(0, -5));
const beside = (path: string): Uint8Array => readFileSync(join(fixtures, path));

function graphOf(bytes: Uint8Array, options: Partial<OnnxOptions> = {}): Graph {
  const { files } = importOnnx(bytes, beside, { name: "n", scale: 1 / 64, ...options });
  const result = load(new TextDecoder().decode(files.get("network.json")), (name) => files.get(name)!);
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics, null, 1));
  expect(result.diagnostics).toEqual([]);
  return result.value.graph;
}

/** Channels first to the compiler's order. */
function last(values: readonly number[], [h, w, c]: readonly [number, number, number]): number[] {
  return values.map((_, i) => values[(i % c) * h * w + Math.floor(i / c)]!);
}

test("there are twenty models or more, of several exporters", () => {
  expect(names.length).toBeGreaterThanOrEqual(20);
});

test.each(names)("%s: the float reference computes what onnxruntime computes", (name) => {
  const graph = graphOf(readFileSync(join(fixtures, `${name}.onnx`)));
  const { x, outputs } = JSON.parse(readFileSync(join(fixtures, `${name}.json`), "utf8")) as {
    x: number[];
    outputs: number[][];
  };
  const image = { shape: graph.input.shape, data: Int32Array.from(last(x, graph.input.shape)) };
  const results = runFloat(graph, realInput(graph.input, image));
  expect(graph.outputs).toHaveLength(outputs.length);
  outputs.forEach((wanted, o) => {
    const node = graph.nodes.find((n) => n.name === graph.outputs[o])!;
    const found = results.get(node.name)!.data;
    expect(found.length).toBe(wanted.length);
    const ordered = last(wanted, node.shape);
    const size = wanted.reduce((max, v) => Math.max(max, Math.abs(v)), 1);
    found.forEach((v, i) => {
      expect(Math.abs(v - ordered[i]!) / size, `${node.name} ${i}`).toBeLessThan(1e-4);
    });
  });
});

test("adder layers that a model spells out are recognized", () => {
  const kinds = (name: string) => graphOf(beside(`${name}.onnx`)).nodes.map((n) => n.kind);
  expect(kinds("torch-adder")).toEqual([
    "adder_conv2d",
    "batch_norm",
    "relu",
    "adder_conv2d",
    "flatten",
    "adder_linear",
  ]);
  expect(kinds("text-l1")).toEqual(["adder_conv2d"]);
});

// ------------------------------------------------------------------------------------------------ models made here

interface Model {
  nodes: object[];
  tensors?: Record<string, { dims: number[]; floatData?: number[]; [key: string]: unknown }>;
  input?: (number | string)[];
  outputs?: string[];
}

const value = (name: string, dims: readonly (number | string)[]) => ({
  name,
  type: {
    tensorType: {
      elemType: 1,
      shape: { dim: dims.map((d) => (typeof d === "number" ? { dimValue: d } : { dimParam: d })) },
    },
  },
});

const model = ({ nodes, tensors = {}, input = [1, 2, 4, 4], outputs = ["y"] }: Model): Uint8Array =>
  encodeModel({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 17 }],
    graph: {
      node: nodes.map((n, i) => ({ name: `n${i}`, input: ["x"], output: ["y"], ...n })),
      initializer: Object.entries(tensors).map(([name, t]) => ({ name, dataType: 1, ...t })),
      input: [value("x", input)],
      output: outputs.map((name) => ({ name })),
    },
  });

const attribute = (name: string, fields: object) => ({ name, ...fields });
const floats = (...dims: number[]) => {
  const count = dims.reduce((a, b) => a * b, 1);
  return { dims, floatData: Array.from({ length: count }, (_, i) => (i % 7) / 4) };
};

function refusal(bytes: Uint8Array, options: Partial<OnnxOptions> = {}): string {
  try {
    importOnnx(bytes, beside, { name: "n", ...options });
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    const { code, message, found, expected, hint } = (error as InputError).diagnostics[0]!;
    return [code, message, expected, found, hint].join(" | ");
  }
  throw new Error("not refused");
}

test("the custom operators AdderConv and AdderGemm", () => {
  const graph = graphOf(
    model({
      nodes: [
        {
          opType: "AdderConv",
          domain: "addernet",
          input: ["x", "w", "b"],
          output: ["a"],
          attribute: [attribute("group", { i: 2, type: 2 }), attribute("pads", { ints: [1, 0, 1, 2], type: 7 })],
        },
        { opType: "Flatten", input: ["a"], output: ["f"] },
        { opType: "AdderGemm", domain: "addernet", input: ["f", "v"] },
      ],
      tensors: { w: floats(4, 1, 3, 3), b: floats(4), v: floats(3, 64) },
    }),
  );
  expect(graph.nodes.map((n) => [n.kind, n.shape])).toEqual([
    ["adder_conv2d", [4, 4, 4]],
    ["flatten", [1, 1, 64]],
    ["adder_linear", [1, 1, 3]],
  ]);
});

test("QONNX: quantized weights are their values, activations tell their bits", () => {
  const quant = (input: string[], output: string, signed: number) => ({
    opType: "Quant",
    domain: "qonnx.custom_op.general",
    input,
    output: [output],
    attribute: [
      attribute("signed", { i: signed, type: 2 }),
      attribute("narrow", { i: 0, type: 2 }),
      attribute("rounding_mode", { s: Buffer.from("ROUND"), type: 3 }),
    ],
  });
  const one = (v: number) => ({ dims: [], floatData: [v] });
  const bytes = model({
    nodes: [
      quant(["w", "step", "zero", "four"], "q", 1),
      quant(["x", "step", "zero", "four"], "a", 0),
      { opType: "Conv", input: ["a", "q"] },
    ],
    tensors: { w: { dims: [1, 2, 1, 1], floatData: [0.6, 9] }, step: one(0.5), zero: one(0), four: one(4) },
  });
  const { files, notes } = importOnnx(bytes, beside, { name: "n" });
  expect(JSON.parse(new TextDecoder().decode(files.get("network.json"))).layers[0]).toMatchObject({ bits: 4 });
  expect(notes.join()).toContain("calibration");
  expect([...graphOf(bytes).nodes[0]!.tensors.weights!.data]).toEqual([0.5, 3.5]);
});

test("limits and products that other exporters write for activations; the largest channel of each pixel", () => {
  const one = (v: number) => ({ dims: [], floatData: [v] });
  const kinds = (nodes: object[]) => graphOf(model({ nodes, tensors: { zero: one(0), six: one(6) } }));
  const relu6 = kinds([
    { opType: "Max", input: ["zero", "x"], output: ["r"] },
    { opType: "Min", input: ["r", "six"] },
  ]);
  expect(relu6.nodes.map((n) => n.kind)).toEqual(["relu", "relu6"]);
  const share = [attribute("alpha", { f: 1 / 6, type: 1 }), attribute("beta", { f: 0.5, type: 1 })];
  const swish = kinds([
    { opType: "HardSigmoid", output: ["s"], attribute: share },
    { opType: "Mul", input: ["s", "x"] },
  ]);
  expect(swish.nodes.map((n) => n.kind)).toEqual(["hard_swish"]);
  for (const keep of [0, 1]) {
    const axes = [attribute("axis", { i: 1, type: 2 }), attribute("keepdims", { i: keep, type: 2 })];
    expect(kinds([{ opType: "ArgMax", attribute: axes }]).nodes.at(-1)!.shape).toEqual([4, 4, 1]);
  }
});

test("pairs of QuantizeLinear and DequantizeLinear around activations are left to the compiler", () => {
  const graph = graphOf(
    model({
      nodes: [
        { opType: "QuantizeLinear", input: ["x", "s", "z"], output: ["q"] },
        { opType: "DequantizeLinear", input: ["q", "s", "z"], output: ["d"] },
        { opType: "Relu", input: ["d"] },
      ],
      tensors: { s: floats(), z: { dims: [], dataType: 2, rawData: Buffer.from([3]) } },
    }),
  );
  expect(graph.nodes.map((n) => n.kind)).toEqual(["relu"]);
});

describe("what cannot be mapped is refused by node and operator", () => {
  const conv = { opType: "Conv", input: ["x", "w"] };
  const w = { w: floats(2, 2, 3, 3) };
  const int = (name: string, i: number) => attribute(name, { i, type: 2 });
  const cases: [string, Uint8Array, RegExp][] = [
    ["an unknown operator", model({ nodes: [{ opType: "Softplus" }] }), /node "n0" \(Softplus\).*no rule/],
    ["another domain", model({ nodes: [{ opType: "Conv", domain: "com.x" }] }), /\(com\.x\.Conv\).*no rule/],
    ["an operator named like a method", model({ nodes: [{ opType: "toString" }] }), /no rule/],
    [
      "an unknown attribute",
      model({ nodes: [{ ...conv, attribute: [int("magic", 1)] }], tensors: w }),
      /"n0" \(Conv\).*"magic"/,
    ],
    [
      "statistics of each pixel",
      model({
        nodes: [{ opType: "BatchNormalization", input: ["x", "w", "w", "w", "w"], attribute: [int("spatial", 0)] }],
        tensors: { w: floats(2) },
      }),
      /\(BatchNormalization\).*spatial 0/,
    ],
    ["values that are dropped", model({ nodes: [{ opType: "Dropout", attribute: [int("is_test", 0)] }] }), /is_test 0/],
    [
      "a quantity that becomes a whole number",
      model({
        nodes: [
          { opType: "Flatten", output: ["f"] },
          { opType: "Gemm", input: ["f", "v"], output: ["q"] },
          { opType: "Cast", input: ["q"], attribute: [int("to", 7)] },
        ],
        tensors: { v: floats(32, 1) },
      }),
      /\(Cast\).*whole numbers/,
    ],
    // What leaves small positive numbers as they are is no identity.
    ["an absolute value", model({ nodes: [{ opType: "Abs" }] }), /\(Abs\)/],
    [
      "a limit far above",
      model({ nodes: [{ opType: "Min", input: ["x", "c"] }], tensors: { c: { dims: [], floatData: [1000] } } }),
      /\(Min\).*limits are not known/,
    ],
    [
      "a limit far below, moved",
      model({
        nodes: [
          { opType: "Reshape", input: ["x", "s"], output: ["r"] },
          { opType: "Max", input: ["r", "c"], output: ["m"] },
          { opType: "Reshape", input: ["m", "t"] },
        ],
        tensors: {
          c: { dims: [], floatData: [-1000] },
          s: { dims: [2], dataType: 7, int64Data: [16n, 2n] },
          t: { dims: [4], dataType: 7, int64Data: [1n, 2n, 4n, 4n] },
        },
      }),
      /\(Reshape\) starts a computation/,
    ],
    [
      "an axis that is added twice",
      model({
        nodes: [{ opType: "Unsqueeze", input: ["x", "s"] }],
        tensors: { s: { dims: [2], dataType: 7, int64Data: [2n, 2n] } },
      }),
      /\(Unsqueeze\).*axes are 2, 2/,
    ],
    [
      "an axis that there is not",
      model({
        nodes: [{ opType: "Squeeze", input: ["x", "s"] }],
        tensors: { s: { dims: [1], dataType: 7, int64Data: [7n] } },
      }),
      /\(Squeeze\).*axes are 7/,
    ],
    ["no axes at all", model({ nodes: [{ opType: "Unsqueeze", input: ["x"] }] }), /\(Unsqueeze\).*no axes/],
    [
      "a norm of each image, the reshape in front of it not blamed",
      model({
        nodes: [
          { opType: "Reshape", input: ["x", "s"], output: ["r"] },
          { opType: "InstanceNormalization", input: ["r", "w", "w"] },
        ],
        tensors: { s: { dims: [3], dataType: 7, int64Data: [0n, 2n, -1n] }, w: floats(2) },
      }),
      /\(InstanceNormalization\).*size of its own.*BatchNormalization/,
    ],
    ["an L2 norm", model({ nodes: [{ opType: "LpNormalization" }] }), /\(LpNormalization\).*argmax.*cut it off/],
    ["an L2 norm in parts", model({ nodes: [{ opType: "ReduceL2" }] }), /\(ReduceL2\).*argmax.*cut it off/],
    ["softmax", model({ nodes: [{ opType: "Softmax" }] }), /logits/],
    ["limits", model({ nodes: [{ opType: "Clip", attribute: [attribute("max", { f: 2, type: 1 })] }] }), /limits are/],
    ["a product of layers", model({ nodes: [{ opType: "Mul", input: ["x", "x"] }] }), /product of two/],
    [
      "a concat of rows",
      model({ nodes: [{ opType: "Concat", input: ["x", "x"], attribute: [int("axis", 2)] }] }),
      /axis is 2/,
    ],
    [
      "a transposed output",
      model({ nodes: [{ opType: "Transpose", attribute: [attribute("perm", { ints: [0, 2, 3, 1], type: 7 })] }] }),
      /\(Transpose\) starts a computation.*leaves the model/,
    ],
    [
      "data moved into a layer",
      model({
        nodes: [
          { opType: "Transpose", output: ["t"] },
          { opType: "Relu", input: ["t"] },
        ],
      }),
      /\(Transpose\) starts.*\(Relu\) reads/,
    ],
    [
      "weights that are computed",
      model({
        nodes: [
          { opType: "Relu", output: ["r"] },
          { opType: "Conv", input: ["x", "r"] },
        ],
      }),
      /weights is not a constant/,
    ],
    ["weights of another size", model({ nodes: [conv], tensors: { w: floats(2, 3, 3, 3) } }), /do not fit 2 channels/],
    [
      "indices of a maximum",
      model({
        nodes: [
          { opType: "MaxPool", output: ["y", "i"], attribute: [attribute("kernel_shape", { ints: [2, 2], type: 7 })] },
        ],
      }),
      /indices/,
    ],
    ["a result that is not there", model({ nodes: [{ opType: "Relu", input: ["z"] }] }), /"z", which nothing computes/],
    [
      "an open size",
      model({ nodes: [{ opType: "Relu" }], input: ["N", 2, "H", "W"] }),
      /\[N, 2, H, W\].*--shape|\[\?, 2, H, W\].*--shape|H, W/,
    ],
    ["three axes", model({ nodes: [{ opType: "Relu" }], input: [1, 2, 3] }), /neither an image/],
    ["nothing computed", model({ nodes: [{ opType: "Identity" }] }), /no layers/],
    [
      "a constant output",
      model({ nodes: [{ opType: "Constant", input: [], attribute: [attribute("value_float", { f: 1, type: 1 })] }] }),
      /not a layer's result/,
    ],
    [
      "a tensor that is cut short",
      model({ nodes: [conv], tensors: { w: { dims: [2, 2, 3, 3], floatData: [1] } } }),
      /AN9003.*36 values.*1 values/,
    ],
    ["an unknown type", model({ nodes: [conv], tensors: { w: { dims: [1], dataType: 99 } } }), /AN9003.*type 99/],
    ["too many numbers", model({ nodes: [conv], tensors: { w: { dims: [2 ** 40, 2 ** 40] } } }), /AN9003.*too large/],
    ["bytes that are no model", new TextEncoder().encode("hello, world"), /AN9003.*not an ONNX model/],
    ["an empty file", new Uint8Array(), /AN9003/],
  ];
  test.each(cases)("%s", (_, bytes, message) => {
    expect(refusal(bytes)).toMatch(message);
  });

  test.each(["../x", "/etc/passwd", "a/../../b", "C:\\x", "", "missing.data"])("external data at %j", (location) => {
    const t = { dims: [2, 2, 3, 3], dataLocation: 1, externalData: [{ key: "location", value: location }] };
    expect(refusal(model({ nodes: [conv], tensors: { w: t } }))).toMatch(/AN9003.*external data/);
  });

  test("external data past the end of its file", () => {
    const facts = { location: "external.data", offset: "8", length: "99999999" };
    const externalData = Object.entries(facts).map(([key, v]) => ({ key, value: v }));
    expect(refusal(model({ nodes: [conv], tensors: { w: { dims: [1], dataLocation: 1, externalData } } }))).toContain(
      "outside its file",
    );
  });

  test("an open size is the user's to name", () => {
    const bytes = model({ nodes: [{ opType: "Relu" }], input: ["N", 2, "H", "W"] });
    expect(graphOf(bytes, { shape: [3, 5, 2] }).input.shape).toEqual([3, 5, 2]);
    expect(refusal(bytes, { shape: [3, 5, 4] })).toContain("another one");
  });
});

test("damaged models: an error of ours, or another network", () => {
  const whole = beside("torch-adder.onnx");
  const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const file = Uint8Array.from(whole);
      for (const [at, v] of changes) file[at] = v;
      try {
        importOnnx(file, beside, { name: "n" });
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
    // An Unsqueeze that lost its axes; a padding of more pixels than there is memory for.
    { numRuns: 200, examples: [[[[9742, 18]]], [[[8181, 145]]]] },
  );
  // Some models ask for as much work as the limit allows, half a minute.
}, 300_000);
