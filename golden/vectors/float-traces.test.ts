// The float reference against the networks as PyTorch ran them.
import { expect, test } from "vitest";
import { openNpz, openTensorFile, readNpy } from "../../generator/files/index.ts";
import type { Graph } from "../../generator/ir/graph.ts";
import { realInput, runFloat } from "../index.ts";
import { chwToHwc, fileBytes, sharedData } from "./files.ts";
import { lenet5, resnet8, resnet20, tiny } from "./float-graphs.ts";
import type { Arrays } from "./load-int-network.ts";

/** `limit` is the largest error allowed, relative to the layer's largest value. */
type Case = readonly [
  name: string,
  build: (a: Arrays) => Graph,
  weights: string,
  trace: string,
  images: string,
  limit: number,
];

const digits = "examples/mnist/test_images.npy";
const example = (name: string, build: (a: Arrays) => Graph): Case => [
  name,
  build,
  `examples/${name}/weights.safetensors`,
  `golden/vectors/traces/${name}.npz`,
  digits,
  1e-4,
];
const cases: Case[] = [example("lenet5-mnist", lenet5), example("tiny-mnist", tiny), example("resnet8-mnist", resnet8)];
if (sharedData) {
  for (const [name, build, weights] of [...cases])
    cases.push([`${name}, 16 images`, build, weights, `${sharedData}/${name}/trace16.npz`, digits, 1e-4]);
  const folder = `${sharedData}/resnet20-cifar10`;
  cases.push([
    "resnet20-cifar10",
    resnet20,
    `${folder}/weights.npz`,
    `${folder}/trace2.npz`,
    `${folder}/test_images.npy`,
    5e-4,
  ]);
}

test.each(cases)("%s: every layer", (_, build, weightsPath, tracePath, imagesPath, limit) => {
  const graph = build(openTensorFile(fileBytes(weightsPath), weightsPath));
  const trace = openNpz(fileBytes(tracePath));
  const images = readNpy(fileBytes(imagesPath));
  const size = graph.input.shape.reduce((a, b) => a * b);
  const count = trace.shape("input")[0]!;
  const results = Array.from({ length: count }, (_, i) => {
    const data = Int32Array.from(images.data.subarray(i * size, (i + 1) * size));
    return runFloat(graph, realInput(graph.input, { shape: graph.input.shape, data }));
  });
  for (const name of trace.names()) {
    const want = trace.read(name);
    const one = want.data.length / count;
    const largest = Array.from(want.data).reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    let worst = 0;
    results.forEach((layers, i) => {
      const frame = chwToHwc(want.data.subarray(i * one, (i + 1) * one), want.shape.slice(1));
      const got = layers.get(name)!.data;
      expect(got.length, name).toBe(one);
      for (let k = 0; k < one; k++) worst = Math.max(worst, Math.abs(got[k]! - frame[k]!));
    });
    expect(worst / largest, name).toBeLessThan(name.includes("conv") ? 1e-5 : limit);
  }
});

test.runIf(sharedData !== undefined)("lenet5-mnist: logits of 250 images", () => {
  const graph = lenet5(openTensorFile(fileBytes("examples/lenet5-mnist/weights.safetensors"), "weights.safetensors"));
  const images = readNpy(fileBytes(digits)).data;
  const want = readNpy(fileBytes(`${sharedData}/lenet5-mnist/test_logits.npy`)).data;
  for (let i = 0; i < 250; i++) {
    const data = Int32Array.from(images.subarray(i * 784, (i + 1) * 784));
    const got = runFloat(graph, realInput(graph.input, { shape: [28, 28, 1], data })).get("bn5")!.data;
    for (let k = 0; k < 10; k++) expect(Math.abs(got[k]! - want[i * 10 + k]!)).toBeLessThan(5e-3);
  }
});
