// Stage 3: shapes, and the tensors of every layer in compiler order.

import type { Wiring } from "../2-graph/graph.ts";
import type { Report } from "../diagnostics/diagnostics.ts";
import type { Graph, GraphNode, InputSpec, JsonPath } from "../ir/graph.ts";
import type { FloatTensor, Shape } from "../ir/tensor.ts";
import type { Feature } from "../layers/define.ts";
import { layerOf } from "../layers/index.ts";
import { ordered, ordersOf, outputOrders } from "./orders.ts";
import { taskOf } from "./task.ts";
import type { TensorSource } from "./tensors.ts";

export function infer(wiring: Wiring, source: TensorSource, report: Report): Graph | undefined {
  const { network } = wiring;
  const input = inputSpec(wiring, report);
  if (!input) return undefined;
  if (tooLarge("the input", input.shape, ["input", "shape"], report)) return undefined;
  const features = new Map<string, Feature>([[input.name, { shape: input.shape }]]);
  const sum = { values: 0, operations: 0 };
  const orders = ordersOf(wiring, input);
  const nodes: GraphNode[] = [];
  for (const { layer, index, inputs } of wiring.layers) {
    const path = ["layers", index] as const;
    const def = layerOf(layer.kind);
    const read = inputs.map((n) => features.get(n));
    // A layer behind a faulty one has no shape to work on; the fault itself has been reported.
    if (read.some((f) => f === undefined)) continue;
    const known = read as Feature[];
    const got = ordered(def.infer(layer, known, report.at(path)), layer.name, network.layout, orders);
    if (!got) continue;
    if (tooLarge("the result of this layer", got.feature.shape, path, report)) continue;
    features.set(layer.name, got.feature);
    const tensors: Record<string, FloatTensor> = {};
    for (const request of def.tensors?.(layer, known, got.feature, network.layout) ?? []) {
      const t = source.read(request, layer.name, path, report);
      if (t) tensors[request.role] = request.arrange ? request.arrange(t) : t;
    }
    if (tooMuch(sum, known, got.feature.shape, got.attrs, tensors, path, report)) return undefined;
    nodes.push({
      name: layer.name,
      kind: layer.kind,
      inputs,
      attrs: got.attrs,
      tensors,
      shape: got.feature.shape,
      overrides: {
        bits: layer.bits,
        pe: layer.pe,
        simd: layer.simd,
        pixels: layer.pixels,
        unroll: layer.unroll,
        home: layer.home,
        coded: layer.coded,
        bands: layer.bands,
      },
      path,
    });
  }
  outputOrders(wiring, features, report);
  if (report.failed) return undefined;
  const task = taskOf(network.task, wiring.outputs, features, report);
  if (report.failed) return undefined;
  return { name: network.name, input, nodes, outputs: wiring.outputs, ...(task ? { task } : {}) };
}

/** Values of one tensor; more would not fit into memory. */
const LARGEST = 2 ** 25;
/** Values of all results of one image together, which the models keep, and operations on them. */
const MOST_VALUES = 2 ** 27;
const MOST_OPERATIONS = 2 ** 38;

const power = (n: number): string => `2^${Math.log2(n)}`;

function tooLarge(what: string, shape: Shape, path: JsonPath, report: Report): boolean {
  const size = shape.reduce((a, b) => a * b, 1);
  if (size <= LARGEST) return false;
  report.error({
    code: "AN3005",
    message: `${what} is too large`,
    path,
    expected: `at most ${power(LARGEST)} values`,
    found: `${shape.join(" x ")}, ${size} values`,
  });
  return true;
}

/** Adds a layer's share to the work of one image; reports the layer with which it becomes too much. */
function tooMuch(
  sum: { values: number; operations: number },
  inputs: readonly Feature[],
  shape: Shape,
  attrs: GraphNode["attrs"],
  tensors: Readonly<Record<string, FloatTensor>>,
  path: JsonPath,
  report: Report,
): boolean {
  const values = shape.reduce((a, b) => a * b, 1);
  const weights = tensors.weights ? tensors.weights.data.length / shape[2] : 1;
  const { kernel } = attrs as { kernel?: unknown };
  const taps = Array.isArray(kernel) ? kernel.reduce((a: number, b: number) => a * b, 1) : 1;
  sum.values += values;
  sum.operations += values * Math.max(weights, taps, inputs.length);
  const [what, most, found] =
    sum.values > MOST_VALUES
      ? (["values", MOST_VALUES, sum.values] as const)
      : (["operations", MOST_OPERATIONS, sum.operations] as const);
  if (found <= most) return false;
  report.error({
    code: "AN3007",
    message: `the network takes too many ${what} for one image, up to this layer`,
    path,
    expected: `at most ${power(most)} ${what} in all layers together`,
    found: `${found} ${what}`,
    hint: "a smaller input, less padding or a smaller kernel",
  });
  return true;
}

function inputSpec({ network }: Wiring, report: Report): InputSpec | undefined {
  const { input } = network;
  const channels = input.shape[2];
  const perChannel = (v: number | number[] | undefined, fallback: number, key: string): number[] => {
    const list = typeof v === "object" ? v : new Array<number>(channels).fill(v ?? fallback);
    if (list.length !== channels)
      report.error({
        code: "AN1004",
        message: `"${key}" needs one number for each channel`,
        path: ["input", key],
        expected: `${channels} number${channels === 1 ? "" : "s"}`,
        found: String(list.length),
      });
    return list;
  };
  const mean = perChannel(input.mean, 0, "mean");
  const std = perChannel(input.std, 1, "std");
  if (std.some((s) => !(s > 0)))
    report.error({
      code: "AN1004",
      message: '"std" must be above 0',
      path: ["input", "std"],
      expected: "positive numbers",
      found: std.join(", "),
    });
  if (report.failed) return undefined;
  return {
    name: input.name,
    shape: input.shape,
    storage: input.storage,
    scale: std.map((s) => input.scale / s),
    offset: std.map((s, c) => (-input.zero_point * input.scale - mean[c]!) / s),
  };
}
