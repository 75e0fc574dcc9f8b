// Nodes that move values or look them up, and means of several classes of positions: kernels equal the plain definition.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { WindowAttrs } from "../../generator/ir/graph.ts";
import type { QuantizedNetwork, QuantizedNode } from "../../generator/ir/quantized.ts";
import type { EdgeType, IntTensor, Shape } from "../../generator/ir/tensor.ts";
import { rangeOfBits, runInteger, windowSum } from "../index.ts";
import { sizeFor } from "./place.ts";
import { programFor } from "./program.ts";
import { createRunner } from "./runner.ts";

interface Case {
  readonly size: readonly [number, number, number];
  readonly factor: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
  readonly bits: number;
  readonly zeroPoint: number;
  readonly constants: readonly number[];
}

const window = (padding: Case["padding"], kernel: readonly [number, number]): WindowAttrs => ({
  kernel,
  stride: [1, 1],
  dilation: [1, 1],
  padding,
  groups: 1,
});

function network(l: Case): QuantizedNetwork {
  const { bits, zeroPoint, constants } = l;
  const qmax = 2 ** bits - 1;
  const edges: Record<string, EdgeType> = {};
  const edge = (name: string, shape: Shape) => {
    edges[name] = { shape, bits, signed: false, scale: 1, zeroPoint, range: rangeOfBits(bits) };
    return shape;
  };
  const base = (name: string, ...inputs: string[]) => ({
    name,
    inputs,
    output: name,
    layers: [name],
    path: [],
    overrides: {},
  });
  const [h, w, c] = edge("x", l.size);
  const [top, left, bottom, right] = l.padding;
  const padded = edge("pad", [h + top + bottom, w + left + right, c]);
  const large = edge("up", [padded[0] * l.factor[0], padded[1] * l.factor[1], c]);
  edge("table", large);
  edge("other", large);
  const joined = edge("concat", [large[0], large[1], 2 * c]);
  const [rows, columns] = edge("mean", [joined[0] - 1, joined[1], joined[2]]);
  edge("flat", [1, 1, rows * columns * 2 * c]);
  const table = (from: number) => Array.from({ length: qmax + 1 }, (_, i) => constants[(i + from) % 16]! % (qmax + 1));
  const classes = Array.from({ length: rows * columns }, (_, p) => p % 3);
  const many = (from: number, most: number) =>
    Array.from({ length: 6 * c }, (_, i) => constants[(i + from) % 16]! % most);
  const mean = window([0, 0, 0, 0], [2, 1]);
  const nodes: QuantizedNode[] = [
    { op: "pad", ...base("pad", "x"), window: window(l.padding, [1, 1]) },
    { op: "upsample", ...base("up", "pad"), factor: l.factor },
    { op: "table", ...base("table", "up"), table: table(0) },
    { op: "table", ...base("other", "up"), table: table(5) },
    { op: "concat", ...base("concat", "table", "other") },
    {
      op: "avg_pool",
      ...base("mean", "concat"),
      window: mean,
      accRange: windowSum.range(rangeOfBits(bits), 2),
      requant: {
        mode: "full",
        multiplier: many(0, 64),
        bias: many(3, 2000),
        shift: 5,
        clamp: { min: 0, max: qmax },
      },
      classes,
    },
    { op: "reshape", ...base("flat", "mean") },
  ];
  return {
    name: "arranged",
    input: { name: "x", shape: l.size, storage: "uint16", scale: [1], offset: [0] },
    inputEdge: "x",
    edges,
    nodes,
    outputs: ["flat"],
  };
}

test("tables, margins, repeated pixels, joined channels, means by class", () => {
  const side = fc.integer({ min: 1, max: 4 });
  const cases = fc.record({
    size: fc.tuple(side, side, fc.integer({ min: 1, max: 20 })),
    factor: fc.tuple(fc.integer({ min: 2, max: 3 }), fc.integer({ min: 1, max: 3 })),
    padding: fc.tuple(...(Array(4).fill(fc.integer({ min: 0, max: 2 })) as [never, never, never, never])),
    bits: fc.constantFrom(1, 3, 7, 8, 10),
    zero: fc.double({ min: 0, max: 1, noNaN: true }),
    constants: fc.array(fc.nat(1 << 16), { minLength: 16, maxLength: 16 }),
  });
  fc.assert(
    fc.property(cases, (l) => {
      const qmax = 2 ** l.bits - 1;
      const padding = l.padding as unknown as Case["padding"];
      const net = network({ ...l, padding, zeroPoint: Math.round(l.zero * qmax) });
      const left = programFor(net, []).steps.filter((s) => "node" in s.work);
      // A table of more than bytes is looked up in a loop.
      expect(left.map((s) => s.name)).toEqual(l.bits > 8 ? ["table", "other"] : []);
      const length = l.size[0] * l.size[1] * l.size[2];
      const image: IntTensor = {
        shape: l.size,
        data: Int32Array.from({ length }, (_, i) => (i * l.constants[i % 16]!) % (qmax + 1)),
      };
      const want = runInteger(net, image, { keep: "all" });
      for (const path of ["kernels", "loops"] as const) {
        const runner = createRunner(net, "all", path);
        for (let twice = 0; twice < 2; twice++) runner.run(image);
        for (const [name, t] of want) expect(Array.from(runner.tensor(name).data), name).toEqual(Array.from(t.data));
      }
    }),
    { numRuns: 100 },
  );
});

/** Runs a node without constants by both paths and by the plain definition, in bytes and in words. */
function sameByAllPaths(node: QuantizedNode, from: Shape, to: Shape): void {
  for (const bits of [8, 12]) {
    const edge = (shape: Shape): EdgeType => ({
      ...{ shape, bits, signed: false, scale: 1, zeroPoint: 3 },
      range: rangeOfBits(bits),
    });
    const named = { name: "y", inputs: ["x"], output: "y", layers: [], path: [], overrides: {} };
    const net: QuantizedNetwork = {
      name: "moved",
      input: { name: "x", shape: from, storage: "uint16", scale: [1], offset: [0] },
      inputEdge: "x",
      edges: { x: edge(from), y: edge(to) },
      nodes: [{ ...named, ...node } as QuantizedNode],
      outputs: ["y"],
    };
    expect(programFor(net, []).steps.filter((s) => "node" in s.work)).toEqual([]);
    const data = Int32Array.from({ length: from[0] * from[1] * from[2] }, (_, i) => (i * 57) % 2 ** bits);
    const want = Array.from(runInteger(net, { shape: from, data }).get("y")!.data);
    for (const path of ["kernels", "loops"] as const) {
      const runner = createRunner(net, "all", path);
      runner.run({ shape: from, data });
      expect(Array.from(runner.tensor("y").data)).toEqual(want);
    }
  }
}

test("channels to pixels, in both orders", () => {
  for (const order of ["crd", "dcr"])
    sameByAllPaths({ op: "depth_to_space", block: [2, 3], order } as unknown as QuantizedNode, [2, 3, 12], [4, 9, 2]);
});

test("zeros between pixels", () => {
  sameByAllPaths({ op: "zero_insert", factor: [2, 3] } as unknown as QuantizedNode, [2, 3, 4], [3, 7, 4]);
  sameByAllPaths({ op: "zero_insert", factor: [3, 1] } as unknown as QuantizedNode, [2, 3, 4], [4, 3, 4]);
});

test("the smallest size that holds a range", () => {
  expect([0, 255, 256, 2 ** 31 - 1, 2 ** 31].map((max) => sizeFor({ min: 0, max }))).toEqual([1, 1, 4, 4, 8]);
  expect([-1, -(2 ** 31), -(2 ** 31) - 1].map((min) => sizeFor({ min, max: 0 }))).toEqual([4, 4, 8]);
});
