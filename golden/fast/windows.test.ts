// The kernels of adder and multiply layers equal the plain definition over geometries, widths and extreme values.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { WindowAttrs } from "../../generator/ir/graph.ts";
import type { QuantizedNetwork, Requant } from "../../generator/ir/quantized.ts";
import type { EdgeType, IntTensor, Shape } from "../../generator/ir/tensor.ts";
import { mac, rangeOfBits, requant, runInteger, sad } from "../index.ts";
import { programFor } from "./program.ts";
import { createRunner } from "./runner.ts";

interface Layer {
  readonly op: "sad" | "mac";
  readonly shape: Shape;
  readonly window: WindowAttrs;
  readonly filters: number;
  readonly bits: number;
  readonly weightBits: number;
  readonly zeroPoint: number;
}

/** One layer whose stored values are its sums, or bytes made of them. */
function network(l: Layer, weight: () => number, bytes?: { readonly leaky: boolean }): QuantizedNetwork {
  const { kernel, stride, dilation, padding, groups } = l.window;
  const [h, w, channels] = l.shape;
  const side = (n: number, before: number, after: number, k: number, s: number, d: number) =>
    Math.floor((n + before + after - d * (k - 1) - 1) / s) + 1;
  const shape: Shape = [
    side(h, padding[0], padding[2], kernel[0], stride[0], dilation[0]),
    side(w, padding[1], padding[3], kernel[1], stride[1], dilation[1]),
    l.filters * groups,
  ];
  const taps = (kernel[0] * kernel[1] * channels) / groups;
  const rows = Array.from({ length: shape[2] }, () => Int32Array.from({ length: taps }, weight));
  const x: EdgeType = {
    shape: l.shape,
    bits: l.bits,
    signed: false,
    scale: 1,
    zeroPoint: l.zeroPoint,
    range: rangeOfBits(l.bits),
  };
  const accRange = (l.op === "sad" ? sad : mac).layerRange(x.range, rows);
  const channelsOf = (v: number) => Array.from({ length: shape[2] }, () => v);
  const plain: Requant = { mode: "full", multiplier: channelsOf(1), bias: channelsOf(0), shift: 0, clamp: null };
  // The sums over the whole range of bytes, upwards in even channels and downwards in odd ones.
  const slope = Math.floor((255 * 2 ** 12) / (accRange.max - accRange.min + 1));
  const slopes = channelsOf(0).map((_, c) => (c % 2 === 0 ? slope + c : -slope - c));
  const starts = slopes.map((m) => (m > 0 ? -m * accRange.min : -m * accRange.max));
  const q: Requant = bytes
    ? {
        mode: "full",
        multiplier: slopes,
        bias: starts,
        shift: 12,
        clamp: { min: 0, max: 255 },
        ...(bytes.leaky && {
          negative: { multiplier: slopes.map((m) => m >> 2), bias: starts.map((b) => (b >> 2) + 2 ** 18), pivot: 90 },
        }),
      }
    : plain;
  const base = { name: "y", inputs: ["x"], output: "y", layers: ["y"], path: [], overrides: {} };
  return {
    name: "layer",
    input: { name: "x", shape: l.shape, storage: "uint16", scale: [1], offset: [0] },
    inputEdge: "x",
    edges: {
      x,
      y: bytes
        ? { ...x, shape, bits: 8, range: { min: 0, max: 255 } }
        : { ...x, shape, bits: 53, signed: true, range: requant.range(q, accRange) },
    },
    nodes: [
      {
        ...base,
        op: l.op,
        window: l.window,
        weights: { rows, bits: l.weightBits, signed: l.op === "mac" },
        accRange,
        requant: q,
      },
    ],
    outputs: ["y"],
  };
}

function compare(net: QuantizedNetwork, value: () => number): void {
  expect(programFor(net, []).steps.some((s) => "node" in s.work)).toBe(false);
  const { shape } = net.edges.x!;
  const image: IntTensor = { shape, data: Int32Array.from({ length: shape[0] * shape[1] * shape[2] }, value) };
  const want = runInteger(net, image, { keep: "all" });
  // Kernels differ where sums are not kept.
  for (const [keep, names] of [
    ["all", ["y", "y.acc"]],
    [[], ["y"]],
  ] as const) {
    const runner = createRunner(net, keep);
    runner.run(image);
    for (const name of names) {
      const got = runner.tensor(name);
      expect(got.shape).toEqual(want.get(name)!.shape);
      expect(Array.from(got.data), name).toEqual(Array.from(want.get(name)!.data));
    }
  }
}

const values = fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }));
const small = fc.integer({ min: 1, max: 3 });

test("any geometry, any width", () => {
  const layers = fc.record({
    op: fc.constantFrom("sad" as const, "mac" as const),
    size: fc.tuple(fc.integer({ min: 3, max: 9 }), fc.integer({ min: 3, max: 9 })),
    inGroup: fc.integer({ min: 1, max: 19 }),
    filters: fc.integer({ min: 1, max: 9 }),
    groups: fc.constantFrom(1, 1, 2, 5),
    kernel: fc.tuple(small, small),
    stride: fc.tuple(small, small),
    dilation: fc.tuple(fc.constantFrom(1, 1, 2), fc.constantFrom(1, 1, 2)),
    padding: fc.tuple(...([0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 3 })) as [never, never, never, never])),
    bits: fc.integer({ min: 1, max: 16 }),
    bytes: fc.option(fc.record({ leaky: fc.boolean() })),
    zero: fc.double({ min: 0, max: 1, noNaN: true }),
    stream: values,
  });
  fc.assert(
    fc.property(layers, (l) => {
      const dilation = l.dilation.map((d, i) => ((l.kernel[i]! - 1) * d < l.size[i]! ? d : 1)) as [number, number];
      const qmax = 2 ** l.bits - 1;
      const next = () => l.stream.next().value as number;
      // Ends of the range are as likely as what is between.
      const pick = (min: number, max: number) => () => {
        const [kind, v] = [next(), next()];
        return kind < 0.2 ? min : kind < 0.4 ? max : min + Math.floor(v * (max - min + 1));
      };
      // Sums of products stay below 2^31.
      const weightBits = l.op === "sad" ? l.bits : Math.min(l.bits, 22 - l.bits);
      const largest = 2 ** weightBits - 1;
      const net = network(
        {
          op: l.op,
          shape: [l.size[0], l.size[1], l.inGroup * l.groups],
          window: {
            kernel: l.kernel,
            stride: l.stride,
            dilation,
            padding: l.padding as unknown as [number, number, number, number],
            groups: l.groups,
          },
          filters: l.filters,
          bits: l.bits,
          weightBits,
          zeroPoint: Math.round(l.zero * qmax),
        },
        pick(l.op === "sad" ? 0 : -largest, largest),
        l.bytes ?? undefined,
      );
      compare(net, pick(0, qmax));
    }),
    { numRuns: 150 },
  );
});

test("few channels: windows side by side", () => {
  const used = new Set<string>();
  const layers = fc.record({
    height: fc.integer({ min: 3, max: 9 }),
    width: fc.integer({ min: 10, max: 40 }),
    channels: fc.integer({ min: 1, max: 4 }),
    filters: fc.integer({ min: 1, max: 7 }),
    kernel: fc.tuple(small, small),
    stride: small,
    dilation: fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(1, 2)),
    padding: fc.tuple(...([0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 4 })) as [never, never, never, never])),
    bits: fc.integer({ min: 1, max: 8 }),
    leaky: fc.boolean(),
    zero: fc.double({ min: 0, max: 1, noNaN: true }),
    stream: values,
  });
  fc.assert(
    fc.property(layers, (l) => {
      const qmax = 2 ** l.bits - 1;
      const next = () => Math.min(qmax, Math.floor((l.stream.next().value as number) * 1.2 * (qmax + 1)));
      const [vertical, horizontal] = l.dilation;
      const net = network(
        {
          op: "sad",
          shape: [l.height, l.width, l.channels],
          window: {
            kernel: l.kernel,
            stride: [l.stride, 1],
            dilation: [(l.kernel[0] - 1) * vertical < l.height ? vertical : 1, horizontal],
            padding: l.padding as unknown as [number, number, number, number],
            groups: 1,
          },
          filters: l.filters,
          bits: l.bits,
          weightBits: l.bits,
          zeroPoint: Math.round(l.zero * qmax),
        },
        next,
        l,
      );
      for (const step of programFor(net, []).steps) if (!("node" in step.work)) used.add(step.work.at(-1)!.kernel);
      compare(net, next);
    }),
    { numRuns: 150 },
  );
  expect(used).toContain("sadPlanes8");
});

const vector: WindowAttrs = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 1 };

test.each([
  ["sad", 8, 0, 255],
  ["sad", 8, 255, 255],
  ["sad", 8, 255, 0],
  ["sad", 1, 1, 1],
  ["sad", 4, 15, 15],
  ["sad", 4, 0, 15],
  ["sad", 5, 31, 31],
  ["sad", 6, 63, 63],
  ["sad", 16, 65535, 65535],
  ["sad", 16, 0, 65535],
  ["mac", 8, -128, 255],
  ["mac", 8, 127, 255],
  ["mac", 16, -1, 65535],
] as const)("%s of %i bits: no sum overflows with all weights %i and all values %i", (op, bits, weight, value) => {
  for (const taps of [16, 272, 288, 2032, 2048, 2064, 4097, 20000]) {
    const layer: Layer = { op, shape: [1, 1, taps], window: vector, filters: 5, bits, weightBits: bits, zeroPoint: 0 };
    compare(
      network(layer, () => weight),
      () => value,
    );
  }
});

test("small bytes have a kernel of their own, by the smaller of values and weights", () => {
  const kernelOf = (bits: number, weightBits: number) => {
    const layer: Layer = { op: "sad", shape: [1, 1, 272], window: vector, filters: 4, bits, weightBits, zeroPoint: 0 };
    const [step] = programFor(
      network(layer, () => 2 ** weightBits - 1),
      [],
    ).steps;
    return "node" in step!.work ? undefined : step!.work.at(-1)!.kernel;
  };
  expect([kernelOf(4, 4), kernelOf(8, 4), kernelOf(4, 8), kernelOf(5, 5)]).toEqual(Array(4).fill("sad8Small"));
  expect([kernelOf(6, 6), kernelOf(8, 8)]).toEqual(["sad8", "sad8"]);
});

test("numbers too large for the kernels are left to the loops", () => {
  const layer: Layer = {
    op: "mac",
    shape: [1, 1, 9],
    window: vector,
    filters: 2,
    bits: 16,
    weightBits: 20,
    zeroPoint: 0,
  };
  const net = network(layer, () => 2 ** 19);
  expect(programFor(net, []).steps.some((s) => "node" in s.work)).toBe(true);
  const image: IntTensor = { shape: [1, 1, 9], data: new Int32Array(9).fill(65535) };
  const runner = createRunner(net);
  runner.run(image);
  expect(Array.from(runner.tensor("y").data)).toEqual([9 * 65535 * 2 ** 19, 9 * 65535 * 2 ** 19]);
});

const point: Omit<Layer, "shape" | "bits" | "weightBits" | "zeroPoint" | "op"> = {
  window: { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 1 },
  filters: 1,
};

test("sums beyond 32 bits on either side are left to the loops", () => {
  for (const weight of [-32768, 32767]) {
    const layer: Layer = { ...point, op: "mac", shape: [1, 1, 2], bits: 16, weightBits: 16, zeroPoint: 0 };
    const net = network(layer, () => weight);
    const image: IntTensor = { shape: [1, 1, 2], data: Int32Array.of(65535, 65535) };
    const runner = createRunner(net);
    runner.run(image);
    expect(Array.from(runner.tensor("y").data)).toEqual([2 * 65535 * weight]);
  }
});

test("a result that is no byte is found where the edge declares bytes", () => {
  const layer: Layer = { ...point, op: "mac", shape: [1, 1, 1], bits: 9, weightBits: 2, zeroPoint: 0 };
  const net = network(layer, () => 1);
  const narrow = { ...net, edges: { ...net.edges, y: { ...net.edges.y!, range: { min: 0, max: 255 } } } };
  // As a byte, 300 would be 44.
  const image: IntTensor = { shape: [1, 1, 1], data: Int32Array.of(300) };
  expect(() => runInteger(narrow, image)).toThrow(RangeError);
  for (const keep of ["all", []] as const) expect(() => createRunner(narrow, keep).run(image)).toThrow(RangeError);
});
