import { describe, expect, test } from "vitest";
import { realInput, runFloat, runInteger } from "../../golden/index.ts";
import { type ChoiceFound, load, toIntegers } from "../compile.ts";
import { writeIntegers } from "../integer-file.ts";
import { METHODS } from "../ir/quantize-options.ts";
import { outputError } from "./calibrate.ts";

const network = (layers: object[], outputs?: string[]) =>
  JSON.stringify({ format: "addernet-rtl/1", name: "n", input: { shape: [1, 1, 4] }, layers, outputs });

function graphOf(text: string) {
  const loaded = load(text, () => new Uint8Array());
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]!.message);
  return loaded.value.graph;
}

/** Images of which one in fifty is far brighter. */
const images = Array.from({ length: 200 }, (_, n) => ({
  shape: [1, 1, 4] as const,
  data: Int32Array.from({ length: 4 }, (_, i) => (n % 50 === 49 ? 255 : ((n * 13 + i * 7) % 24) + i)),
}));
const layers = [
  {
    name: "a",
    kind: "linear",
    units: 3,
    weights: [
      [1, 0, -1, 0.5],
      [0, 1, 1, -1],
      [0.25, -0.5, 0, 1],
    ],
  },
  { name: "r", kind: "relu" },
  {
    name: "b",
    kind: "linear",
    units: 3,
    weights: [
      [1, -1, 0],
      [0, 1, -1],
      [1, 1, 1],
    ],
  },
]; // prettier-ignore

function quantized(text: string, options: object) {
  let found: ChoiceFound | undefined;
  const run = { bits: 3, joinBits: 3, productBits: 3, ...options, onMethod: (f: ChoiceFound) => (found = f) };
  const made = toIntegers(graphOf(text), images, run);
  if (!made.ok) throw new Error(made.diagnostics[0]!.message);
  return { net: made.value, text: writeIntegers(made.value), found };
}

test("the error of the outputs: root of the squared error as a share of the variance, the mean over outputs", () => {
  const text = network(layers, ["a", "b"]);
  const { net } = quantized(text, { bits: 4, outputBits: 5 });
  const graph = graphOf(text);
  const seen = images.slice(0, 64);
  const shares = ["a", "b"].map((name) => {
    const { scale, zeroPoint } = net.edges[name]!;
    const real = seen.flatMap((image) => [...runFloat(graph, realInput(graph.input, image)).get(name)!.data]);
    const got = seen.flatMap((image) =>
      Array.from(runInteger(net, image).get(name)!.data, (q) => (q - zeroPoint) * scale),
    );
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const variance = mean(real.map((v) => (v - mean(real)) ** 2));
    return Math.sqrt(mean(real.map((v, i) => (got[i]! - v) ** 2)) / variance);
  });
  expect(outputError(graph, images)(net)).toBeCloseTo((shares[0]! + shares[1]!) / 2, 9);
});

describe("method auto", () => {
  test("the network of the method whose outputs are nearest, and the error of each", () => {
    const { text, found } = quantized(network(layers), { method: "auto" });
    expect(found!.errors.map((e) => e.method)).toEqual(METHODS);
    const errors = found!.errors.map((e) => e.error);
    // Three bits that reach for every value, or cut the bright ones off: not all the same.
    expect(new Set(errors).size).toBeGreaterThan(1);
    const least = found!.errors[errors.indexOf(Math.min(...errors))]!;
    expect(found!.method).toBe(least.method);
    expect(text).toBe(quantized(network(layers), { method: found!.method }).text);
    for (const { error } of found!.errors) expect(error).toBeGreaterThan(0);
  });

  test("a class is judged by what it was taken of", () => {
    const head = [...layers, { name: "class", kind: "argmax" }];
    const [with_, without] = [network(head), network(layers)].map(
      (n) => quantized(n, { method: "auto" }).found!.errors,
    );
    expect(with_).toEqual(without);
  });

  test("in the network file as well; nothing is told of a named method", () => {
    const loaded = load(
      JSON.stringify({ ...JSON.parse(network(layers)), quantization: { method: "auto" } }),
      () => new Uint8Array(),
    );
    expect(loaded.ok && loaded.value.quantization.method).toBe("auto");
    expect(quantized(network(layers), { method: "max" }).found).toBeUndefined();
  });
});
