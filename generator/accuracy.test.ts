// The trained LeNet-5 in integers on the 1,000 test images. Calibrates once for all cases.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { accuracy } from "../golden/index.ts";
import { calibrate, integerProbe } from "./4-quantize/calibrate.ts";
import { quantize } from "./4-quantize/quantize.ts";
import type { LayerStats } from "./4-quantize/scale.ts";
import { readImages, readLabels } from "./cli/files.ts";
import { load } from "./compile.ts";
import { Report } from "./diagnostics/diagnostics.ts";
import type { Graph } from "./ir/graph.ts";
import { defaultQuantize } from "./ir/quantize-options.ts";
import type { RequantMode } from "./ir/quantized.ts";
import type { IntTensor } from "./ir/tensor.ts";

const examples = join(import.meta.dirname, "../examples");
let graph: Graph;
let calibration: IntTensor[];
let stats: ReadonlyMap<string, LayerStats>;
let images: IntTensor[];
let labels: number[];

beforeAll(() => {
  const read = (path: string) => readFileSync(join(examples, "lenet5-mnist", path));
  const loaded = load(read("network.json").toString(), read);
  if (!loaded.ok) throw new Error("the example does not load");
  graph = loaded.value.graph;
  calibration = readImages(join(examples, "mnist/calibration_images.npy"), graph.input);
  images = readImages(join(examples, "mnist/test_images.npy"), graph.input);
  labels = readLabels(join(examples, "mnist/test_labels.npy"), images.length, false);
  stats = calibrate(graph, calibration);
}, 120_000);

const cases: readonly [mode: RequantMode, bits: number, least: number][] = [
  ["full", 8, 0.984],
  ["full", 6, 0.984],
  ["full", 4, 0.984],
  ["full", 3, 0.98],
  ["pow2", 8, 0.98],
  ["pow2", 4, 0.98],
  ["csd2", 8, 0.98],
  ["csd2", 4, 0.98],
];

describe("LeNet-5", () => {
  test.each(cases)("%s at %i bits: at least %f of the images", { timeout: 120_000 }, (mode, bits, least) => {
    const report = new Report();
    const options = { ...defaultQuantize, mode, bits };
    const net = quantize(graph, stats, options, report, (edge) => integerProbe(calibration, edge));
    expect(report.list).toEqual([]);
    expect(accuracy(net!, images, labels)).toBeGreaterThanOrEqual(least);
  });
});
