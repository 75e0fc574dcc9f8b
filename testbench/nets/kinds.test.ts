// What the small networks in kinds/ cover, and that golden computes them; kinds.sim.test.ts has them in hardware.
import { describe, expect, test } from "vitest";
import type { GraphNode, WindowAttrs } from "../../generator/ir/graph.ts";
import type { HwGraph } from "../../generator/ir/hardware.ts";
import { createRunner, realInput, runFloat, runInteger } from "../../golden/index.ts";
import { exampleBuild } from "./build.ts";
import {
  type KindNetwork,
  kindFiles,
  kindHardware,
  kindIntegers,
  kindNetwork,
  layerKinds,
  type StatedLayer,
} from "./kinds.ts";

/** FIFOs of a design with the beats a frame of what passes through them. */
const fifosOf = (hw: HwGraph) =>
  hw.blocks.flatMap(({ name, instances }) =>
    instances
      .filter((i) => i.cell === "axis_fifo")
      .map((i) => ({ name, depth: Number(i.params.DEPTH), beats: i.ports[0]!.streams[0]!.beatsPerFrame })),
  );

const networks = kindFiles.map((file) => [file, kindNetwork(file)] as const);

const arrays = ["adder_conv2d", "conv2d"];
const windows = [
  "1x1",
  "1xN",
  "Nx1",
  "even kernel",
  "stride per axis",
  "stride beyond the kernel",
  "padding of each side",
  "same",
  "valid",
  "dilation",
  "groups",
  "depthwise",
  "several filters a channel",
];
const required = [
  ...layerKinds,
  ...arrays.flatMap((kind) => windows.map((w) => `${kind}: ${w}`)),
  ...["max_pool2d", "avg_pool2d"].flatMap((kind) => [`${kind}: padding`, `${kind}: ceil mode`]),
  "max_pool2d: dilation",
  "max_pool2d: stride beyond the kernel",
  "avg_pool2d: padding counted",
  "avg_pool2d: padding not counted",
  "add: 2 inputs",
  "add: 3 inputs",
  "concat: 3 inputs",
  "concat: one tensor twice",
  ...["input", "avg_pool2d", "add", "conv2d", "binary_conv2d"].map((before) => `batch_norm behind ${before}`),
  "parametric_relu: shared",
  "binary_conv2d: integers",
  "binary_conv2d: signs",
  "binary_linear: integers",
  "binary_linear: signs",
  "16 bits",
  "several outputs",
  "an output that is read",
  "an input that is an output",
  "a tensor read three times",
  "one pixel",
  ...["uint8", "int8", "uint16"].map((s) => `input of ${s}`),
];

const slides = (node: GraphNode): node is GraphNode<WindowAttrs> => "kernel" in node.attrs;

function windowFeatures(node: GraphNode<WindowAttrs>, stated: StatedLayer, channels: number): string[] {
  const { kernel, stride, dilation, padding, groups } = node.attrs;
  const span = kernel.map((k, a) => (k - 1) * dilation[a]! + 1);
  const filters = node.shape[2];
  const found: [string, boolean][] = [
    ["1x1", kernel[0] === 1 && kernel[1] === 1],
    ["1xN", kernel[0] === 1 && kernel[1] > 1],
    ["Nx1", kernel[0] > 1 && kernel[1] === 1],
    ["even kernel", kernel.some((k) => k % 2 === 0)],
    ["stride per axis", stride[0] !== stride[1]],
    ["stride beyond the kernel", stride.some((s, a) => s > span[a]!)],
    ["padding", padding.some((p) => p > 0)],
    ["padding of each side", padding[0] !== padding[2] || padding[1] !== padding[3]],
    ["same", stated.padding === "same"],
    ["valid", stated.padding === "valid"],
    ["dilation", dilation.some((d) => d > 1)],
    ["groups", groups > 1 && groups < channels],
    ["depthwise", groups > 1 && groups === channels && filters === channels],
    ["several filters a channel", groups > 1 && groups === channels && filters > channels],
    ["ceil mode", stated.ceil_mode === true],
    ["padding counted", padding.some((p) => p > 0) && stated.count_padding !== false],
    ["padding not counted", padding.some((p) => p > 0) && stated.count_padding === false],
  ];
  return found.filter(([, is]) => is).map(([name]) => name);
}

function features({ graph, layers }: KindNetwork): string[] {
  const stated = new Map(layers.map((l) => [l.name, l]));
  const byName = new Map(graph.nodes.map((n) => [n.name, n]));
  const reads = new Map<string, number>();
  for (const e of graph.nodes.flatMap((n) => n.inputs)) reads.set(e, (reads.get(e) ?? 0) + 1);
  const found = [`input of ${graph.input.storage}`];
  if (graph.outputs.length > 1) found.push("several outputs");
  if (graph.outputs.some((o) => reads.has(o))) found.push("an output that is read");
  if (graph.outputs.includes(graph.input.name)) found.push("an input that is an output");
  if ([...reads.values()].some((n) => n > 2)) found.push("a tensor read three times");
  for (const node of graph.nodes) {
    const { kind, inputs } = node;
    const layer = stated.get(node.name)!;
    // Layers without hardware do not count.
    let from = inputs[0]!;
    while (["dropout", "identity"].includes(byName.get(from)?.kind ?? "")) from = byName.get(from)!.inputs[0]!;
    const before = byName.get(from)?.kind ?? "input";
    const channels = (byName.get(inputs[0]!)?.shape ?? graph.input.shape)[2];
    found.push(kind);
    if (slides(node)) found.push(...windowFeatures(node, layer, channels).map((f) => `${kind}: ${f}`));
    if (inputs.length > 1) found.push(`${kind}: ${inputs.length} inputs`);
    if (new Set(inputs).size < inputs.length) found.push(`${kind}: one tensor twice`);
    if (kind === "batch_norm") found.push(`batch_norm behind ${before}`);
    if (layer.shared === true) found.push(`${kind}: shared`);
    if (kind.startsWith("binary")) {
      let source = byName.get(from);
      while (source && ["flatten", "max_pool2d"].includes(source.kind)) source = byName.get(source.inputs[0]!);
      found.push(`${kind}: ${source?.kind === "sign" ? "signs" : "integers"}`);
    }
    if (layer.bits === 16) found.push("16 bits");
    if (kind.includes("conv2d") && node.shape[0] * node.shape[1] === 1) found.push("one pixel");
  }
  return found;
}

test("the networks hold every layer kind, window and shape of graph", () => {
  const found = new Set(networks.flatMap(([, n]) => features(n)));
  expect(required.filter((r) => !found.has(r))).toEqual([]);
});

describe.each(networks)("%s", (_, { graph }) => {
  test.each([2, 8, 12])("%i bits: the fast path equals the plain definition in every tensor", (bits) => {
    const { net, images } = kindIntegers(graph, bits);
    const fast = createRunner(net, "all");
    for (const image of images.slice(0, 3)) {
      fast.run(image);
      for (const [name, want] of runInteger(net, image, { keep: "all" }))
        expect(Array.from(fast.tensor(name).data), name).toEqual(Array.from(want.data));
    }
  });

  test("no tensor is the same everywhere", () => {
    const { net, images } = kindIntegers(graph, 8);
    const results = images.map((image) => runInteger(net, image, { keep: "all" }));
    for (const name of results[0]!.keys())
      expect(new Set(results.flatMap((r) => Array.from(r.get(name)!.data))).size, name).toBeGreaterThan(1);
  });

  test("12 bits: within 2 % of the largest real number of every tensor before a sign or two bits", () => {
    const { net, images } = kindIntegers(graph, 12, { method: "max", joinBits: 12, productBits: 12 });
    const real = images.map((image) => runFloat(graph, realInput(graph.input, image)));
    // A sign, and an index, may change with any rounding; two bits round all. So does what reads them.
    const rough = new Set<string>();
    for (const node of graph.nodes) {
      const edge = net.edges[node.name];
      if (node.kind === "argmax" || (edge && edge.bits < 8) || node.inputs.some((e) => rough.has(e)))
        rough.add(node.name);
      if (!edge || rough.has(node.name)) continue;
      const largest = Math.max(...real.flatMap((r) => Array.from(r.get(node.name)!.data, Math.abs)));
      for (const [f, image] of images.slice(0, 6).entries()) {
        const want = real[f]!.get(node.name)!.data;
        const found = runInteger(net, image, { keep: [node.name] }).get(node.name)!.data;
        const worst = Math.max(...Array.from(found, (q, i) => Math.abs(edge.scale * (q - edge.zeroPoint) - want[i]!)));
        expect(worst / largest, `${node.name} of image ${f}`).toBeLessThan(0.02);
      }
    }
  });

  test("no FIFO is deeper than its tensor and the registers beside it, with few lanes and with many", () => {
    const { net } = kindIntegers(graph, 4);
    for (const fps of [1, 100_000, 10_000_000]) {
      const { hardware } = kindHardware(net, fps);
      for (const { name, depth, beats } of fifosOf(hardware))
        expect(depth, `${name} at ${fps}`).toBeLessThanOrEqual(beats + hardware.latency.fill);
    }
  });
});

test("no FIFO of a network whose maps are longer than its pipelines is deeper than its tensor", () => {
  for (const fps of [100, 5000]) {
    const fifos = fifosOf(exampleBuild("resnet8-mnist", { fps }).hardware);
    expect(fifos.length).toBeGreaterThan(3);
    for (const { name, depth, beats } of fifos) expect(depth, `${name} at ${fps}`).toBeLessThan(beats);
  }
});

test("branches of unequal depth wait in FIFOs", () => {
  const deep = networks.flatMap(([, { graph }]) =>
    fifosOf(kindHardware(kindIntegers(graph, 4).net, 1).hardware).map((f) => f.depth),
  );
  expect(deep.length).toBeGreaterThan(5);
  expect(Math.max(...deep)).toBeGreaterThan(20);
});
