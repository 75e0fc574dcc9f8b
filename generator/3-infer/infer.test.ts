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
    const graph = graphOf([flat, { name: "bn", kind: "batch_norm", gamma: v, beta: v, mean: v, variance: v }], shape);
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
