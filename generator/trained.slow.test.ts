// The trained networks for masks and boxes: what their examples say, in real numbers and in integers. The images of the
// data sets are no part of the project.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { realInput, runBatch, runFloat } from "../golden/index.ts";
import { calibrate, integerProbe } from "./4-quantize/calibrate.ts";
import { chooseOptions } from "./4-quantize/choice.ts";
import { quantize } from "./4-quantize/quantize.ts";
import type { LayerStats } from "./4-quantize/scale.ts";
import { readImages } from "./cli/files.ts";
import { graphOutputs, integerOutputs, judge, type Outputs, readTaskLabels } from "./cli/task.ts";
import { load } from "./compile.ts";
import { Report } from "./diagnostics/diagnostics.ts";
import { readNpy } from "./files/npy.ts";
import { resize } from "./files/resize.ts";
import type { Graph } from "./ir/graph.ts";
import { defaultQuantize, type QuantizeOptions } from "./ir/quantize-options.ts";
import type { FloatTensor, IntTensor } from "./ir/tensor.ts";
import { psnr } from "./tasks/image.ts";

const root = join(import.meta.dirname, "..");
const shared = join(process.env.ADDERNET_SHARED ?? join(root, "../shared"), "data");
const slow = process.env.ADDERNET_SLOW === "1";
if (!slow) console.warn("masks and boxes at 8 bits only: ADDERNET_SLOW=1 tests fewer bits and powers of two");

function open(example: string): Graph {
  const read = (path: string) => readFileSync(join(root, "examples", example, path));
  const loaded = load(read("network.json").toString(), read);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map((d) => d.message).join("\n"));
  return loaded.value.graph;
}

interface Trained {
  readonly example: string;
  /** What the files of labels are called behind `drawn_` and `test_`. */
  readonly labels: string;
  readonly metric: string;
  /** Of the float network on the test images, and at least on the drawn ones. */
  readonly float: number;
  readonly drawn: number;
  readonly cases: readonly (readonly [options: Pick<Partial<QuantizeOptions>, "bits" | "mode">, least: number])[];
}

const nets: readonly Trained[] = [
  {
    example: "nuclei-unet",
    labels: "masks.npy",
    metric: "iou",
    float: 0.843,
    drawn: 0.9,
    cases: [
      [{ bits: 8 }, 0.833],
      [{ bits: 6 }, 0.833],
      [{ bits: 4 }, 0.83],
      [{ bits: 8, mode: "pow2" }, 0.813],
    ],
  },
  {
    example: "bccd-detector",
    labels: "boxes.json",
    metric: "map50",
    float: 0.863,
    drawn: 0.65,
    cases: [
      [{ bits: 8 }, 0.853],
      [{ bits: 6 }, 0.853],
      [{ bits: 4 }, 0.833],
      [{ bits: 8, mode: "pow2" }, 0.833],
    ],
  },
];

type Metrics = Readonly<Record<string, number>>;

function metrics(
  outputs: Outputs,
  graph: Graph,
  images: readonly IntTensor[],
  labels: string,
  real: (i: number) => ReadonlyMap<string, FloatTensor>,
): Metrics {
  const task = outputs.task!;
  const truth = readTaskLabels(labels, task, outputs, images.length, true);
  return judge({ task, outputs, input: graph.input, images, real, labels: truth }).metrics as Metrics;
}

const floatMetrics = (graph: Graph, images: readonly IntTensor[], labels: string): Metrics => {
  const all = images.map((image) => runFloat(graph, realInput(graph.input, image)));
  return metrics(graphOutputs(graph), graph, images, labels, (i) => all[i]!);
};

describe.each(nets)("$example", ({ example, labels, metric, float, drawn, cases }) => {
  const data = join(shared, example);
  const isThere = existsSync(data);
  if (!isThere) console.warn(`${data} is missing: ${example} is tested with drawn images alone`);
  let graph: Graph;
  let stats: ReadonlyMap<string, LayerStats>;
  let calibration: IntTensor[];
  beforeAll(() => {
    graph = open(example);
    if (!isThere) return;
    calibration = readImages(join(data, "calibration_images.npy"), graph.input);
    stats = calibrate(graph, calibration);
  }, 120_000);

  test("float: the drawn images of the example", () => {
    const at = (file: string) => join(root, "examples", example, `drawn_${file}`);
    const images = readImages(at("images.npy"), graph.input);
    expect(floatMetrics(graph, images, at(labels))[metric]).toBeGreaterThanOrEqual(drawn);
  });

  test.skipIf(!isThere)("float: the outputs of its training, image by image (needs the shared data)", () => {
    const { shape, data: values } = readNpy(readFileSync(join(data, "test_logits.npy")));
    const size = values.length / shape[0]!;
    readImages(join(data, "test_images.npy"), graph.input, 4).forEach((image, i) => {
      const found = runFloat(graph, realInput(graph.input, image)).get(graph.outputs[0]!)!.data;
      const wanted = Array.from(values.subarray(i * size, (i + 1) * size), Number);
      const largest = Math.max(...wanted.map(Math.abs));
      wanted.forEach((v, k) => {
        expect(Math.abs(found[k]! - v)).toBeLessThan(1e-3 * largest);
      });
    });
  });

  test.skipIf(!isThere || !slow)("float: the test images (needs the shared data and ADDERNET_SLOW=1)", () => {
    const images = readImages(join(data, "test_images.npy"), graph.input);
    expect(floatMetrics(graph, images, join(data, `test_${labels}`))[metric]).toBeCloseTo(float, 3);
  });

  test.skipIf(!isThere).each(slow ? [...cases] : cases.slice(0, 1))(
    "%j: at least %f on the test images, all in integers (needs the shared data)",
    { timeout: 300_000 },
    (options, least) => {
      const images = readImages(join(data, "test_images.npy"), graph.input);
      const given = { ...defaultQuantize, joinBits: undefined, ...options };
      const chosen = { ...given, ...chooseOptions(graph, stats, calibration, given) };
      const net = quantize(graph, stats, chosen, new Report(), (edge) => integerProbe(calibration, edge))!;
      const results = runBatch(net, images);
      const real = (i: number) =>
        new Map(
          [...results].map(([name, list]) => {
            const { shape, scale, zeroPoint } = net.edges[name]!;
            return [name, { shape, data: Float64Array.from(list[i]!.data, (q) => scale * (q - zeroPoint)) }];
          }),
        );
      const found = metrics(integerOutputs(net), graph, images, join(data, `test_${labels}`), real);
      expect(found[metric], JSON.stringify(chosen)).toBeGreaterThanOrEqual(least);
    },
  );
});

test("super-resolution: nearly as in real numbers at 8 bits, and better than a bicubic filter", () => {
  const at = (file: string) => join(root, "examples/super-resolution", file);
  const graph = open("super-resolution");
  const images = readImages(at("drawn_images.npy"), graph.input);
  const calibration = readImages(at("calibration_images.npy"), graph.input);
  const float = floatMetrics(graph, images, at("drawn_large.npy")).psnr!;
  expect(float).toBeGreaterThan(28.8);
  const options = { ...defaultQuantize, method: "max" as const };
  const probe = (edge: string) => integerProbe(calibration, edge);
  const net = quantize(graph, calibrate(graph, calibration), options, new Report(), probe)!;
  const [name] = net.outputs;
  const results = runBatch(net, images).get(name!)!;
  const { shape, scale, zeroPoint } = net.edges[name!]!;
  const real = (i: number) =>
    new Map([[name!, { shape, data: Float64Array.from(results[i]!.data, (q) => scale * (q - zeroPoint)) }]]);
  const found = metrics(integerOutputs(net), graph, images, at("drawn_large.npy"), real).psnr!;
  expect(float - found).toBeLessThan(0.2);
  const [height, width] = shape;
  const small = [graph.input.shape[0], graph.input.shape[1]] as const;
  const large = readNpy(readFileSync(at("drawn_large.npy"))).data as Uint8Array;
  const filtered = images.map(({ data }, i) => {
    const answer = resize(Uint8Array.from(data), small, 1, [height, width], { filter: "bicubic", crop: false });
    return psnr(answer, large.subarray(i * height * width, (i + 1) * height * width));
  });
  expect(found).toBeGreaterThan(filtered.reduce((a, b) => a + b, 0) / filtered.length);
});
