// The fast path equals the plain definition on networks of every op with random constants.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { WindowAttrs } from "../../generator/ir/graph.ts";
import type { IntWeights, QuantizedNetwork, QuantizedNode, Requant } from "../../generator/ir/quantized.ts";
import type { EdgeType, IntTensor, Shape } from "../../generator/ir/tensor.ts";
import { accuracy, mac, maximum, rangeOfBits, requant, runBatch, runInteger, sad, windowSum } from "../index.ts";
import { createRunner } from "./index.ts";
import { isParallel, runParallel } from "./parallel.ts";
import { programFor } from "./program.ts";

/** Constants from one seed: a network is large, and only its seed matters when it fails. */
function randomizer(seed: number) {
  let state = seed >>> 0;
  /** Integer from min to max, both included. Mulberry32. */
  return (min: number, max: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return min + (((t ^ (t >>> 14)) >>> 0) % (max - min + 1));
  };
}

function randomNetwork(seed: number, bits: number): QuantizedNetwork {
  const rnd = randomizer(seed);
  const list = (n: number, min: number, max: number) => Array.from({ length: n }, () => rnd(min, max));
  const qmax = 2 ** bits - 1;
  const edge = (shape: Shape): EdgeType => ({
    shape,
    bits,
    signed: false,
    scale: 1,
    zeroPoint: rnd(0, qmax),
    range: rangeOfBits(bits),
  });
  const edges: Record<string, EdgeType> = { x: edge([rnd(4, 7), rnd(4, 7), 4]) };
  const nodes: QuantizedNode[] = [];
  let last = "x";
  const base = (name: string, inputs = [last]) => ({
    name,
    inputs,
    output: name,
    layers: [name],
    path: [],
    overrides: {},
  });
  const put = (node: QuantizedNode, e: EdgeType) => {
    nodes.push(node);
    edges[node.output] = e;
    last = node.output;
  };
  const scaler = (channels: number, largest: number): Requant => {
    const shift = rnd(4, 12);
    const top = Math.max(1, Math.floor((2 ** shift * qmax * 2) / largest));
    const pair = () => ({ multiplier: list(channels, -top, top), bias: list(channels, 0, 2 ** shift * qmax) });
    const clamp = { min: 0, max: qmax };
    const leaky = rnd(0, 1) === 1 ? { negative: { ...pair(), pivot: rnd(0, qmax) } } : {};
    return { mode: "full", ...pair(), shift, clamp, ...leaky };
  };
  /** A window that fits a map of shape [h, w]. */
  const window = ([h, w]: Shape, groups: number): WindowAttrs => {
    const kernel = [rnd(1, 3), rnd(1, 3)] as const;
    const dilation = [rnd(1, 2), 1] as const;
    const padding = [rnd(1, 2), rnd(0, 2), rnd(1, 2), rnd(0, 2)] as const;
    return {
      kernel: [
        Math.min(kernel[0], Math.floor((h + padding[0] + padding[2] - 1) / dilation[0]) + 1),
        Math.min(kernel[1], w + padding[1] + padding[3]),
      ],
      stride: [rnd(1, 2), rnd(1, 2)],
      dilation,
      padding,
      groups,
    };
  };
  const sized = (a: WindowAttrs, [h, w]: Shape, channels: number): Shape => [
    Math.floor((h + a.padding[0] + a.padding[2] - a.dilation[0] * (a.kernel[0] - 1) - 1) / a.stride[0]) + 1,
    Math.floor((w + a.padding[1] + a.padding[3] - a.dilation[1] * (a.kernel[1] - 1) - 1) / a.stride[1]) + 1,
    channels,
  ];
  const weighted = (op: "sad" | "mac") => {
    const x = edges[last]!;
    const a = window(x.shape, [1, 2, 4][rnd(0, 2)]!);
    const out = a.groups * rnd(1, 5);
    const taps = (a.kernel[0] * a.kernel[1] * x.shape[2]) / a.groups;
    const rows = Array.from({ length: out }, () => Int32Array.from(list(taps, op === "sad" ? 0 : -qmax, qmax)));
    const weights: IntWeights = { rows, bits, signed: op === "mac" };
    const accRange = (op === "sad" ? sad : mac).layerRange(x.range, rows);
    const rq = scaler(out, Math.max(accRange.max, -accRange.min));
    put({ op, ...base(op), window: a, weights, accRange, requant: rq }, edge(sized(a, x.shape, out)));
  };

  put({ op: "requant", ...base("requant"), requant: scaler(4, qmax) }, edge(edges.x!.shape));
  weighted("sad");
  const pool: WindowAttrs = {
    ...window(edges.sad!.shape, 1),
    kernel: [2, 2],
    dilation: [1, 1],
    padding: [1, 1, 0, 0],
  };
  const pooled = sized(pool, edges.sad!.shape, edges.sad!.shape[2]);
  put({ op: "max_pool", ...base("max_pool"), window: pool }, { ...edges.sad!, shape: pooled });
  const channels = pooled[2];
  put({ op: "requant", ...base("branch"), requant: scaler(channels, qmax) }, edge(pooled));
  const join = { multipliers: list(2, -20, 20), bias: rnd(0, 500), shift: rnd(0, 5), clamp: { min: 0, max: qmax } };
  put({ op: "add", ...base("add", ["max_pool", "branch"]), ...join }, edge(pooled));
  const a = window(pooled, 1);
  const sums = windowSum.range(edges.add!.range, a.kernel[0] * a.kernel[1]);
  put(
    { op: "avg_pool", ...base("avg_pool"), window: a, accRange: sums, requant: scaler(channels, sums.max) },
    edge(sized(a, edges.add!.shape, channels)),
  );
  const flat = edges.avg_pool!.shape.reduce((p, q) => p * q);
  put({ op: "reshape", ...base("reshape") }, { ...edges.avg_pool!, shape: [1, 1, flat] });
  const rows = Array.from({ length: 7 }, () => Int32Array.from(list(flat, -qmax, qmax)));
  const accRange = mac.layerRange(edges.reshape!.range, rows);
  const raw: Requant = { mode: "full", multiplier: list(7, -99, 99), bias: list(7, -999, 999), shift: 0, clamp: null };
  const range = requant.range(raw, accRange);
  const one: WindowAttrs = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 1 };
  put(
    { op: "mac", ...base("mac"), window: one, weights: { rows, bits, signed: true }, accRange, requant: raw },
    { ...edge([1, 1, 7]), signed: true, bits: 53, zeroPoint: 0, range },
  );
  put({ op: "argmax", ...base("argmax") }, { ...edge([1, 1, 1]), zeroPoint: 0, range: { min: 0, max: 6 } });
  const mask: EdgeType = { ...edge([pooled[0], pooled[1], 1]), zeroPoint: 0, range: { min: 0, max: channels - 1 } };
  put({ op: "argmax", ...base("mask", ["add"]) }, mask);
  return {
    name: `random-${seed}`,
    input: { name: "x", shape: edges.x!.shape, storage: "uint8", scale: [1], offset: [0] },
    inputEdge: "x",
    edges,
    nodes,
    outputs: ["argmax", "mac"],
  };
}

const randomImage = (net: QuantizedNetwork, seed: number): IntTensor => {
  const rnd = randomizer(seed);
  const { shape, range } = net.edges.x!;
  return { shape, data: Int32Array.from({ length: shape[0] * shape[1] * shape[2] }, () => rnd(range.min, range.max)) };
};

test("every tensor and accumulator of random networks", () => {
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16), (seed, bits) => {
      const net = randomNetwork(seed, bits);
      const runners = [createRunner(net, "all"), createRunner(net, "all", "loops")];
      for (const image of [randomImage(net, seed), randomImage(net, seed + 1)]) {
        const all = runInteger(net, image, { keep: "all" });
        for (const runner of runners) {
          runner.run(image);
          for (const [name, want] of all) {
            const got = runner.tensor(name);
            expect(got.shape, name).toEqual(want.shape);
            expect(Array.from(got.data), name).toEqual(Array.from(want.data));
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("an average pool of one class at many places", () => {
  const [size, kernel] = [24, 2];
  const input: EdgeType = {
    ...{ shape: [size, size, 3], bits: 8, signed: false, scale: 1, zeroPoint: 0 },
    range: rangeOfBits(8),
  };
  const output: EdgeType = { ...input, shape: [size - kernel + 1, size - kernel + 1, 3] };
  const requant: Requant = {
    mode: "full",
    multiplier: [3, 5, 7],
    bias: [5, 6, 7],
    shift: 4,
    clamp: { min: 0, max: 255 },
  };
  const window: WindowAttrs = { kernel: [2, 2], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 1 };
  const net: QuantizedNetwork = {
    name: "pool",
    input: { name: "x", shape: input.shape, storage: "uint8", scale: [1], offset: [0] },
    inputEdge: "x",
    edges: { x: input, y: output },
    nodes: [
      {
        ...{ op: "avg_pool", name: "y", inputs: ["x"], output: "y", layers: ["y"], path: [], overrides: {} },
        ...{ window, accRange: windowSum.range(input.range, 4), requant },
      },
    ],
    outputs: ["y"],
  };
  const image = randomImage(net, 3);
  const runner = createRunner(net);
  runner.run(image);
  expect(Array.from(runner.tensor("y").data)).toEqual(Array.from(runInteger(net, image).get("y")!.data));
});

test("a batch keeps the images apart and in order", () => {
  const net = randomNetwork(7, 8);
  const images = [1, 2, 3].map((s) => randomImage(net, s));
  const done: number[] = [];
  const batch = runBatch(net, images, { onProgress: (n) => done.push(n) });
  expect([...batch.keys()]).toEqual(net.outputs);
  expect(batch.get("mac")).toEqual(images.map((x) => runInteger(net, x).get("mac")));
  expect(batch.get("argmax")!.map((t) => t.data[0])).toEqual(batch.get("mac")!.map((t) => maximum.index(t.data)));
  expect(done).toEqual([1, 2, 3]);
});

test("several threads give what one gives", () => {
  for (const bits of [2, 8, 16]) {
    const net = randomNetwork(bits, bits);
    const images = Array.from({ length: 40 }, (_, s) => randomImage(net, s));
    const keep = ["mac", "sad.acc", "argmax", "x", "avg_pool"];
    const done: number[] = [];
    const several = runBatch(net, images, { keep, threads: 3, onProgress: (n) => done.push(n) });
    expect(several).toEqual(runBatch(net, images, { keep, threads: 1 }));
    expect(done.at(-1)).toBe(40);
    const labels = several.get("argmax")!.map((t, i) => t.data[0]! + (i < 10 ? 1 : 0));
    expect(accuracy(net, images, labels, { threads: 3 })).toBe(0.75);
  }
});

test("workers take programs of kernels alone", () => {
  const net = randomNetwork(8, 8);
  expect(isParallel(programFor(net, []))).toBe(true);
  expect(isParallel(programFor(net, [], "loops"))).toBe(false);
});

test("workers start and take their share", () => {
  const net = randomNetwork(7, 8);
  const program = programFor(net, []);
  const image = randomImage(net, 1);
  const kept = [program.tensors.get("mac")!];
  // Until the first worker is up, the caller computes alone.
  for (let count = 1000; ; count *= 4) {
    const { tensors, byWorkers } = runParallel(net, program, Array(count).fill(image), kept, 2);
    expect(new Set(tensors.map(([t]) => String(t)))).toEqual(
      new Set([String(runInteger(net, image).get("mac")!.data)]),
    );
    if (byWorkers > 0) break;
    expect(count, "frames without a worker").toBeLessThan(1e6);
  }
});

test("several threads refuse what one refuses", () => {
  const net = randomNetwork(7, 8);
  const images = Array.from({ length: 40 }, (_, s) => randomImage(net, s));
  const narrow = { ...net, edges: { ...net.edges, mac: { ...net.edges.mac!, range: { min: 0, max: 0 } } } };
  expect(() => runBatch(narrow, images, { threads: 3 })).toThrow(RangeError);
  const over = images.map((x, i) => (i === 39 ? ({ ...x, data: x.data.map((v) => v + 256) } as IntTensor) : x));
  expect(() => runBatch(net, over, { threads: 3 })).toThrow(RangeError);
});

test("values outside the declared ranges are refused, by both paths", () => {
  const net = randomNetwork(7, 8);
  const image = randomImage(net, 1);
  const over = { ...image, data: image.data.map((v) => v + 256) } as IntTensor;
  const short = { ...image, data: image.data.slice(1) } as IntTensor;
  const narrow = { ...net, edges: { ...net.edges, mac: { ...net.edges.mac!, range: { min: 0, max: 0 } } } };
  const nodes = net.nodes.map((n) => (n.op === "sad" ? { ...n, accRange: { min: 0, max: 0 } } : n));
  expect(() => runInteger({ ...net, nodes }, image)).toThrow(RangeError);
  for (const run of [runInteger, (n: QuantizedNetwork, x: IntTensor) => createRunner(n).run(x)]) {
    expect(() => run(net, over)).toThrow(RangeError);
    expect(() => run(net, short)).toThrow(RangeError);
    expect(() => run(narrow, image)).toThrow(RangeError);
  }
});

test("asking for a tensor that is not there throws", () => {
  const net = randomNetwork(7, 8);
  expect(() => runInteger(net, randomImage(net, 1), { keep: ["no"] })).toThrow('no tensor "no"');
  expect(() => createRunner(net).tensor("sad.acc")).toThrow("no tensor");
  expect([...runInteger(net, randomImage(net, 1), { keep: ["sad.acc"] }).keys()]).toEqual(["sad.acc"]);
});

test("a frame that a worker took and never finished is computed by the caller", () => {
  const net = randomNetwork(7, 8);
  const program = programFor(net, []);
  const images = Array.from({ length: 30 }, (_, s) => randomImage(net, s));
  const kept = [program.tensors.get("mac")!];
  // Takes a frame as soon as it can, and ends.
  const dies = `import { workerData } from "node:worker_threads"; Atomics.add(new Int32Array(workerData.control), 0, 1);`;
  const how = { patienceMs: 100, file: new URL(`data:text/javascript,${encodeURIComponent(dies)}`) };
  const still = new Int32Array(new SharedArrayBuffer(4));
  const want = images.map((x) => [...runInteger(net, x).get("mac")!.data]);
  // Until the worker is up, the caller rests in front of its first frame.
  for (let rest = 100; ; rest *= 2) {
    const slow = {
      shape: images[0]!.shape,
      get data() {
        Atomics.wait(still, 0, 0, rest);
        return images[0]!.data;
      },
    };
    const given = [slow, ...images.slice(1)];
    const { tensors, byWorkers, unfinished } = runParallel(net, program, given, kept, 2, undefined, how);
    expect(byWorkers).toBe(0);
    expect(tensors.map(([t]) => [...t!])).toEqual(want);
    if (unfinished === 1) break;
    expect(rest, "the worker did not start").toBeLessThan(10_000);
  }
});

test("a value outside the range that its edge declares is found by every path", () => {
  for (const [seed, bits] of [
    [3, 4],
    [11, 8],
    // The largest value is the first one: an index of 0 is outside, too.
    [22, 8],
    [12, 16],
  ] as const) {
    const net = randomNetwork(seed, bits);
    const image = randomImage(net, seed);
    const all = runInteger(net, image);
    for (const { output } of net.nodes) {
      const values = [...all.get(output)!.data];
      const { range } = net.edges[output]!;
      const [least, most] = [Math.min(...values), Math.max(...values)];
      for (const narrow of [
        { min: range.min, max: most - 1 },
        { min: least + 1, max: range.max },
      ]) {
        if (narrow.min > narrow.max) continue;
        const other = { ...net, edges: { ...net.edges, [output]: { ...net.edges[output]!, range: narrow } } };
        expect(() => runInteger(other, image), output).toThrow(RangeError);
        for (const path of ["kernels", "loops"] as const) {
          // A range that is too narrow for the constants behind it may be refused before.
          expect(() => createRunner(other, "all", path).run(image), `${output}, ${path}`).toThrow(RangeError);
        }
      }
    }
  }
});

test("means behind sign: its zero point is a half, and three halves are no sum", () => {
  const x: EdgeType = { shape: [3, 4, 2], bits: 1, signed: false, scale: 2, zeroPoint: 0.5, range: { min: 0, max: 1 } };
  const y: EdgeType = { ...x, shape: [1, 4, 2], bits: 2, range: { min: 0, max: 3 } };
  const window = { kernel: [3, 1], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 1 } as const;
  const one = { mode: "full", multiplier: [1, 1], bias: [0, 0], shift: 0, clamp: { min: 0, max: 3 } } as const;
  const net = {
    edges: { x, y },
    inputEdge: "x",
    outputs: ["y"],
    nodes: [
      {
        ...{ op: "avg_pool", name: "y", inputs: ["x"], output: "y", layers: ["y"], path: [], overrides: {} },
        ...{ window, accRange: { min: 0, max: 3 }, requant: one },
      },
    ],
  } as unknown as QuantizedNetwork;
  const data = Int32Array.from({ length: 24 }, (_, i) => (i % 5) % 2);
  const image: IntTensor = { shape: x.shape, data };
  const fast = createRunner(net, "all");
  fast.run(image);
  expect([...fast.tensor("y").data]).toEqual([...runInteger(net, image).get("y")!.data]);
});
