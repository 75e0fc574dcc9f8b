import { describe, expect, test } from "vitest";
import { realInput, runFloat } from "../../golden/index.ts";
import { load } from "../compile.ts";
import { writeSafetensors } from "../files/index.ts";

const loaded = (layers: object[], shape: number[], more: object = {}, weights?: Uint8Array) =>
  load(JSON.stringify({ format: "addernet-rtl/1", name: "n", input: { shape }, layers, ...more }), () => {
    if (!weights) throw new Error("there is no such file");
    return weights;
  });

function graphOf(...args: Parameters<typeof loaded>) {
  const got = loaded(...args);
  if (!got.ok) throw new Error(got.diagnostics.map((d) => d.message).join("; "));
  return got.value.graph;
}
const codes = (...args: Parameters<typeof loaded>) => loaded(...args).diagnostics.map((d) => d.code);

describe("orders of tensors", () => {
  // A map of 1 x 2 pixels with 3 channels; PyTorch flattens to channel 0 (both pixels), channel 1, channel 2.
  const shape = [1, 2, 3];
  const flat = { name: "flat", kind: "flatten" };
  const fc = { name: "fc", kind: "linear", units: 1, weights: [[1, 10, 100, 1000, 10000, 100000]] };

  test("a linear layer behind a flatten reads PyTorch's order", () => {
    const graph = graphOf([flat, fc], shape);
    // Streams go pixel by pixel: (x0: c0 c1 c2), (x1: c0 c1 c2).
    expect([...graph.nodes[1]!.tensors.weights!.data]).toEqual([1, 100, 10000, 10, 1000, 100000]);
    // x0 = 1 2 3, x1 = 4 5 6: in PyTorch's order 1 4 2 5 3 6.
    const image = { shape: [1, 2, 3] as const, data: Int32Array.of(1, 2, 3, 4, 5, 6) };
    const y = runFloat(graph, realInput(graph.input, image)).get("fc")!.data[0];
    expect(y).toBe(1 * 1 + 4 * 10 + 2 * 100 + 5 * 1000 + 3 * 10000 + 6 * 100000);
  });

  test("the order survives layers that keep it, and channels_last is taken as it is", () => {
    const graph = graphOf([flat, { name: "act", kind: "relu" }, fc], shape);
    expect([...graph.nodes[2]!.tensors.weights!.data]).toEqual([1, 100, 10000, 10, 1000, 100000]);
    const last = graphOf([flat, fc], shape, { layout: "channels_last" });
    expect([...last.nodes[1]!.tensors.weights!.data]).toEqual([1, 10, 100, 1000, 10000, 100000]);
  });

  test("batch norm behind a flatten permutes its values too", () => {
    const v = [0, 1, 2, 3, 4, 5];
    const graph = graphOf(
      [flat, { name: "bn", kind: "batch_norm", gamma: v, beta: v, mean: v, variance: v }, fc],
      shape,
    );
    expect([...graph.nodes[1]!.tensors.beta!.data]).toEqual([0, 2, 4, 1, 3, 5]);
  });

  test("convolution weights go from [out, in, height, width] to [out, height, width, in]", () => {
    const weights = [[[[1, 2]], [[3, 4]], [[5, 6]]]];
    const graph = graphOf([{ name: "c", kind: "conv2d", filters: 1, kernel: [1, 2], weights }], shape);
    const { shape: s, data } = graph.nodes[0]!.tensors.weights!;
    expect(s).toEqual([1, 1, 2, 3]);
    expect([...data]).toEqual([1, 3, 5, 2, 4, 6]);
  });
});

describe("tensors", () => {
  const fc = (weights: unknown) => [{ name: "fc", kind: "linear", units: 1, weights }];

  test("inline arrays", () => {
    expect(codes(fc([[1, 2]]), [1, 1, 2])).toEqual([]);
    expect(codes(fc([1, 2]), [1, 1, 2])).toEqual(["AN3103"]);
    expect(codes(fc([]), [1, 1, 2])).toEqual(["AN3103"]);
    expect(codes(fc([[1, "2"]]), [1, 1, 2])).toEqual(["AN3103"]);
    expect(codes(fc([[1, null]]), [1, 1, 2])).toEqual(["AN3103"]);
    expect(codes(fc([[1, [2]]]), [1, 1, 2])).toEqual(["AN3103"]);
  });

  test("NaN, infinity and a missing tensor", () => {
    const file = (data: number[]) =>
      writeSafetensors(new Map([["w", { dtype: "float32", shape: [1, 2], data: Float32Array.from(data) }]]));
    const more = { weights: "w.safetensors" };
    expect(codes(fc("w"), [1, 1, 2], more, file([1, 2]))).toEqual([]);
    expect(codes(fc("w"), [1, 1, 2], more, file([1, Number.NaN]))).toEqual(["AN3104"]);
    expect(codes(fc("w"), [1, 1, 2], more, file([Number.NEGATIVE_INFINITY, 1]))).toEqual(["AN3104"]);
    expect(codes(fc("v"), [1, 1, 2], more, file([1, 2]))).toEqual(["AN3102"]);
    expect(codes(fc("__proto__"), [1, 1, 2], more, file([1, 2]))).toEqual(["AN3102"]);
  });

  test("a faulty file is reported once, though many layers read it", () => {
    const two = ["a", "b"].map((name) => ({ name, kind: "linear", units: 2, weights: "w" }));
    expect(codes(two, [1, 1, 2], { weights: "w.safetensors" }, Uint8Array.of(1, 2))).toEqual(["AN3105"]);
  });
});

test("normalization of the input: ((q - zero_point) * scale - mean) / std for each channel", () => {
  const input = { shape: [1, 1, 2], scale: 0.5, zero_point: 4, mean: [1, 2], std: [2, 4] };
  const graph = graphOf([{ name: "a", kind: "relu" }], [1, 1, 2], { input });
  const real = realInput(graph.input, { shape: [1, 1, 2], data: Int32Array.of(10, 20) });
  expect([...real.data]).toEqual([((10 - 4) * 0.5 - 1) / 2, ((20 - 4) * 0.5 - 2) / 4]);
});

describe("orders where flattened maps meet other vectors", () => {
  // 2 x 3 pixels of 4 channels: what PyTorch computes stands beside the graph.
  const shape = [2, 3, 4];
  const size = 24;
  const rand = (() => {
    let s = 7;
    return () => {
      s = (s * 1103515245 + 12345) % 2 ** 31;
      return s / 2 ** 30 - 1;
    };
  })();
  const matrix = (rows: number, columns: number) =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, rand));
  const image = { shape: [2, 3, 4] as const, data: Int32Array.from({ length: size }, (_, i) => (i * 89) % 256) };
  const chw = Array.from({ length: size }, (_, i) => {
    const [c, y, x] = [Math.floor(i / 6), Math.floor(i / 3) % 2, i % 3];
    return image.data[(y * 3 + x) * 4 + c]!;
  });
  const times = (m: number[][], v: readonly number[]) => m.map((r) => r.reduce((a, w, i) => a + w * v[i]!, 0));
  const apart = (m: number[][], v: readonly number[]) =>
    m.map((r) => -r.reduce((a, w, i) => a + Math.abs(w - v[i]!), 0));
  const plus = (...v: (readonly number[])[]) => v[0]!.map((_, i) => v.reduce((a, one) => a + one[i]!, 0));
  const relu = (v: readonly number[]) => v.map((a) => Math.max(0, a));

  const [w, more, o] = [matrix(size, size), matrix(size, size), matrix(2, size)];
  const [bias, gamma] = [matrix(1, size)[0]!, matrix(1, size)[0]!];
  const flat = { name: "f", kind: "flatten" };
  const l = { name: "l", kind: "linear", units: size, weights: w, bias };
  const out = { name: "o", kind: "linear", units: 2, weights: o };
  const sum = (...inputs: string[]) => ({ name: "s", kind: "add", inputs });
  const dense = plus(times(w, chw), bias);
  const kernels = o.map((r) => r.map((v) => [[v]]));

  const cases: [string, object[], number[]][] = [
    ["add(flatten, linear)", [flat, l, sum("f", "l"), out], times(o, plus(chw, dense))],
    ["add(linear, flatten)", [flat, l, sum("l", "f"), out], times(o, plus(chw, dense))],
    [
      "through layers that keep the order",
      [
        flat,
        l,
        { name: "b", kind: "batch_norm", gamma, beta: bias, mean: bias, variance: Array(size).fill(1), eps: 1e-9 },
        { name: "r", kind: "relu" },
        { name: "p", kind: "parametric_relu", slope: gamma },
        { name: "d", kind: "dropout" },
        sum("f", "d"),
        out,
      ],
      times(o, plus(chw, relu(dense.map((v, i) => (v - bias[i]!) * gamma[i]! + bias[i]!)))),
    ],
    [
      "three arms, one of distances",
      [
        flat,
        l,
        { name: "m", kind: "adder_linear", units: size, weights: more, inputs: ["f"] },
        sum("l", "f", "m"),
        out,
      ],
      times(o, plus(chw, dense, apart(more, chw))),
    ],
    [
      "a dense layer behind the ordered one",
      [flat, l, { name: "m", kind: "linear", units: size, weights: more }, sum("f", "l", "m"), out],
      times(o, plus(chw, dense, times(more, dense))),
    ],
    ["flattened twice", [flat, { name: "g", kind: "flatten" }, out], times(o, chw)],
    [
      "a convolution over the vector",
      [flat, { name: "o", kind: "conv2d", filters: 2, kernel: 1, weights: kernels }],
      times(o, chw),
    ],
    [
      "a pool over the vector",
      [flat, { name: "m", kind: "max_pool2d", kernel: 1 }, { name: "g", kind: "global_avg_pool" }, out],
      times(o, chw),
    ],
  ];
  test.each(cases)("%s", (_, layers, want) => {
    const graph = graphOf(layers, shape);
    const got = runFloat(graph, realInput(graph.input, image)).get("o")!.data;
    for (const [i, v] of want.entries()) expect(got[i]! / v).toBeCloseTo(1, 5);
  });

  const refused: [string, object[], number[]?][] = [
    ["argmax", [flat, { name: "a", kind: "argmax" }]],
    ["argmax behind a join", [flat, l, sum("f", "l"), { name: "a", kind: "argmax" }]],
    ["the network's end", [flat]],
    ["the network's end behind a layer that keeps the order", [flat, { name: "r", kind: "relu" }]],
    [
      "a join with channels of a map",
      [
        {
          name: "c",
          kind: "conv2d",
          filters: size,
          kernel: 1,
          weights: matrix(size, 4).map((r) => r.map((x) => [[x]])),
        },
        { name: "p", kind: "global_avg_pool" },
        { ...flat, inputs: ["input"] },
        sum("f", "p"),
        out,
      ],
    ],
    [
      "two maps of other shapes",
      [
        { name: "h", kind: "max_pool2d", kernel: [1, 3], stride: 1 },
        { name: "u", kind: "upsample", factor: [1, 3] },
        { name: "t", kind: "max_pool2d", kernel: [2, 1], stride: 1, inputs: ["input"] },
        { name: "v", kind: "upsample", factor: [2, 1] },
        { name: "e", kind: "conv2d", filters: 2, kernel: 1, weights: matrix(2, 4).map((r) => r.map((x) => [[x]])) },
        { name: "z", kind: "upsample", factor: [2, 1] },
        { name: "fu", kind: "flatten", inputs: ["u"] },
        { name: "fz", kind: "flatten", inputs: ["z"] },
        sum("fu", "fz"),
        out,
      ],
    ],
    [
      "groups over a flattened map",
      [flat, { name: "o", kind: "conv2d", filters: 2, kernel: 1, groups: 2, weights: [[[[1]]]] }],
    ],
    [
      "a flattened map with pixels again",
      [flat, { name: "u", kind: "upsample", factor: 2 }, { name: "g", kind: "flatten" }],
    ],
  ];
  test.each(refused)("%s is refused, and taken in the streams' order", (_, layers) => {
    const found = codes(layers, shape);
    expect(found).toContain("AN3006");
    expect(codes(layers, shape, { layout: "channels_last" })).not.toContain("AN3006");
  });

  test("maps of one channel or one pixel have one order", () => {
    expect(codes([flat, { name: "a", kind: "argmax" }], [3, 2, 1])).toEqual([]);
    expect(codes([flat, { name: "a", kind: "argmax" }], [1, 1, 5])).toEqual([]);
  });
});
