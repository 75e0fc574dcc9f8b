// The integer network as a file: what is written reads back, and a file that contradicts itself is refused with its place.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runInteger } from "../golden/index.ts";
import { cellSources } from "./cli/files.ts";
import { load, toHardware, toIntegers } from "./compile.ts";
import { InputError } from "./diagnostics/diagnostics.ts";
import { readIntegers, writeIntegers } from "./integer-file.ts";
import type { InputSpec } from "./ir/graph.ts";
import type { QuantizeOptions } from "./ir/quantize-options.ts";
import type { QuantizedNetwork } from "./ir/quantized.ts";
import type { IntTensor } from "./ir/tensor.ts";

// biome-ignore lint/suspicious/noExplicitAny: files are taken apart and put together wrongly on purpose.
type Json = any;

/** Frames of every kind: ramps, and the ends of what the input holds. */
function images({ shape, storage }: InputSpec): IntTensor[] {
  const low = storage === "int8" ? -128 : 0;
  const top = storage === "uint16" ? 65535 : 255;
  const fill = (at: (i: number) => number): IntTensor => ({
    shape,
    data: Int32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => low + at(i)),
  });
  return [fill((i) => (i * 37) % (top + 1)), fill((i) => (i * 91 + 13) % (top + 1)), fill(() => 0), fill(() => top)];
}

function integersOf(text: string, options: Partial<QuantizeOptions> = {}): QuantizedNetwork | undefined {
  const loaded = load(text, () => {
    throw new Error("no file");
  });
  if (!loaded.ok) return undefined;
  const { calibration: _, ...given } = loaded.value.quantization;
  const q = toIntegers(loaded.value.graph, images(loaded.value.graph.input).slice(0, 2), { ...given, ...options });
  return q.ok ? q.value : undefined;
}

/** Every layer kind, alone and in networks. */
const networks = ["layers/samples", "../testbench/nets/kinds"].flatMap((folder) => {
  const dir = join(import.meta.dirname, folder);
  return readdirSync(dir)
    .filter((f) => f.endsWith(".json"))
    .sort()
    .map((f) => [f, JSON.stringify(JSON.parse(readFileSync(join(dir, f), "utf8")))] as const);
});
const files = networks.flatMap(([name, text]) =>
  (["full", "pow2", "csd2"] as const).flatMap((mode) => {
    const net = integersOf(text, { mode });
    return net ? [{ name: `${name} ${mode}`, net, text: writeIntegers(net) }] : [];
  }),
);

test("what is written reads back", () => {
  expect(files.length).toBeGreaterThan(60);
  for (const { name, text } of files) {
    const again = readIntegers(JSON.parse(text));
    expect(writeIntegers(again), name).toBe(text);
    for (const n of again.nodes) if ("weights" in n) expect(n.weights.rows[0]).toBeInstanceOf(Int32Array);
  }
});

test("names of edges may be anything", () => {
  const net = integersOf(
    `{"format":"addernet-rtl/1","name":"n","input":{"shape":[1,1,2]},"layers":[{"name":"__proto__","kind":"hard_tanh"},{"name":"constructor","kind":"sigmoid"}]}`,
  )!;
  expect(writeIntegers(readIntegers(JSON.parse(writeIntegers(net))))).toBe(writeIntegers(net));
});

/** Messages of a file, `path: message`; none where it is taken. */
function faults(value: Json): string[] {
  try {
    readIntegers(value);
    return [];
  } catch (e) {
    if (!(e instanceof InputError)) throw e;
    return e.diagnostics.map((d) => `${d.code} ${d.path?.join(".")}`);
  }
}

describe("a file that contradicts itself", () => {
  const layers = [
    {
      name: "conv",
      kind: "adder_conv2d",
      filters: 2,
      kernel: 2,
      padding: 1,
      weights: [
        [
          [
            [1, 2],
            [3, 4],
          ],
        ],
        [
          [
            [200, 9],
            [5, 7],
          ],
        ],
      ],
    },
    { name: "act", kind: "relu" },
    { name: "tan", kind: "tanh" },
    { name: "pool", kind: "max_pool2d", kernel: 2 },
    { name: "mean", kind: "avg_pool2d", kernel: [2, 1], stride: 1, padding: [0, 0, 1, 0], count_padding: false },
    { name: "up", kind: "upsample", factor: 2, inputs: ["pool"] },
    { name: "mup", kind: "upsample", factor: 2, inputs: ["mean"] },
    { name: "sum", kind: "add", inputs: ["up", "mup"] },
    { name: "edge", kind: "pad", padding: 1 },
    { name: "both", kind: "concat", inputs: ["edge", "edge"] },
    { name: "flat", kind: "flatten" },
    { name: "fc", kind: "linear", units: 3, weights: [Array(144).fill(1), Array(144).fill(-2), Array(144).fill(0.5)] },
    { name: "best", kind: "argmax" },
  ];
  const network = { format: "addernet-rtl/1", name: "n", layout: "channels_last", input: { shape: [4, 4, 1] }, layers };
  const sample = (): Json => {
    layers[0]!.weights = [
      [
        [[1], [2]],
        [[3], [4]],
      ],
      [
        [[200], [9]],
        [[5], [7]],
      ],
    ] as Json;
    return JSON.parse(writeIntegers(integersOf(JSON.stringify(network))!));
  };
  const of = (v: Json, name: string): Json => v.nodes.find((n: Json) => n.name === name);
  const at = (name: string): number => sample().nodes.findIndex((n: Json) => n.name === name);
  const node = (name: string, change: (n: Json, v: Json) => void) => {
    const v = sample();
    change(of(v, name), v);
    return faults(v);
  };

  test("the sample itself is right", () => {
    expect(faults(sample())).toEqual([]);
  });

  const cases: [what: string, name: string, change: (n: Json, v: Json) => void, path: string][] = [
    ["a weight beyond its bits", "conv", (n) => (n.weights.rows[0][1] = 256), "weights.rows.0.1"],
    ["a negative weight of an adder layer", "conv", (n) => (n.weights.rows[1][0] = -1), "weights.rows.1.0"],
    ["a weight beyond every width", "conv", (n) => (n.weights.rows[0][0] = 2 ** 40), "weights.rows.0.0"],
    ["signed weights of an adder layer", "conv", (n) => (n.weights.signed = true), "weights.signed"],
    ["a row too short", "conv", (n) => n.weights.rows[1].pop(), "weights.rows.1"],
    ["a stride that gives another shape", "conv", (n) => (n.window.stride = [2, 1]), "edges.act"],
    ["a kernel beyond the input", "conv", (n) => (n.window.kernel = [9, 2]), "window.kernel"],
    ["groups that divide nothing", "conv", (n) => (n.window.groups = 3), "window.groups"],
    ["sums beyond the accumulator", "conv", (n) => (n.accRange.max = 3), "accRange"],
    ["constants missing", "conv", (n) => n.requant.bias.pop(), "requant.bias"],
    [
      "pow2 without powers of two",
      "conv",
      (n) => Object.assign(n.requant, { mode: "pow2", multiplier: [4, 3] }),
      "requant.multiplier.1",
    ],
    [
      "csd2 with three terms",
      "conv",
      (n) => Object.assign(n.requant, { mode: "csd2", multiplier: [4, 21] }),
      "requant.multiplier.1",
    ],
    ["a product beyond 52 bits", "conv", (n) => (n.requant.multiplier[0] = 2 ** 50), "requant.multiplier.0"],
    ["a clamp beyond the output", "conv", (n) => (n.requant.clamp.max = 256), "requant.clamp"],
    ["a clamp turned over", "conv", (n) => (n.requant.clamp = { min: 3, max: 1 }), "requant.clamp"],
    ["a table too short", "tan", (n) => n.table.pop(), "table"],
    ["a result beyond its bits", "tan", (n) => (n.table[3] = 300), "table.3"],
    ["an unknown field", "pool", (n) => (n.window.strde = 1), "window"],
    ["a pool in the padding alone", "pool", (n) => (n.window.padding = [2, 0, 0, 0]), "window.padding"],
    ["a class without constants", "mean", (n) => (n.classes[0] = 3), "requant.multiplier"],
    ["classes missing", "mean", (n) => n.classes.pop(), "classes"],
    ["a factor that gives another shape", "up", (n) => (n.factor = [2, 3]), "edges.up"],
    ["an arm without a multiplier", "sum", (n) => n.multipliers.pop(), "multipliers"],
    ["an arm of another shape", "sum", (n) => (n.inputs[1] = "mean"), "edges.mup"],
    ["a constant beyond 48 bits", "sum", (n) => (n.bias = 2 ** 50), "bias"],
    ["padding that has a kernel", "edge", (n) => (n.window.kernel = [2, 2]), "window.kernel"],
    ["an edge nobody computes", "both", (n) => (n.inputs[0] = "nowhere"), "inputs.0"],
    ["an edge computed later", "up", (n) => (n.inputs[0] = "fc"), "inputs.0"],
    ["an edge computed twice", "up", (n) => (n.output = "pool"), "output"],
    ["two nodes of one name", "up", (n) => (n.name = "pool"), "name"],
    ["an output nobody computes", "best", (_, v) => (v.outputs = ["nowhere"]), "outputs.0"],
    ["a type for no edge", "best", (_, v) => (v.edges.more = v.edges.fc), "edges.more"],
    ["a missing type", "fc", (_, v) => delete v.edges.fc, "output"],
    ["a range beyond the bits", "best", (_, v) => (v.edges.pool.range.max = 999), "edges.pool.range"],
    ["a range that results leave", "best", (_, v) => (v.edges.flat.range.max = 7), "edges.flat.range"],
    ["other bits behind a pool", "best", (_, v) => (v.edges.pool.bits = 9), "edges.pool.bits"],
    ["another scale behind a pool", "best", (_, v) => (v.edges.pool.scale *= 2), "edges.pool.scale"],
    ["a zero point between integers", "best", (_, v) => (v.edges.sum.zeroPoint = 0.25), "edges.sum.zeroPoint"],
    ["an input of another shape", "best", (_, v) => (v.input.shape = [4, 2, 2]), "edges.input.shape"],
    ["an input of another storage", "best", (_, v) => (v.input.storage = "uint16"), "edges.input.bits"],
    ["an input of another name", "best", (_, v) => (v.input.name = "image"), "inputEdge"],
    ["an input of another scale", "best", (_, v) => (v.input.scale = [3]), "edges.input.scale"],
    ["a scale missing", "best", (_, v) => (v.input.scale = []), "input.scale"],
    ["an index too narrow", "best", (_, v) => (v.edges.best.bits = 1), "edges.best.range"],
    ["a tensor beyond memory", "best", (_, v) => (v.edges.flat.shape = [1, 2 ** 20, 2 ** 20]), "edges.flat.shape"],
  ];
  test.each(cases)("%s", (_, name, change, path) => {
    const found = node(name, change).map((f) => f.split(" ")[1]);
    expect(found.some((p) => p === path || p === `nodes.${at(name)}.${path}` || p!.startsWith(`${path}.`))).toBe(true);
  });
});

describe("mutated files", () => {
  let seed = 20260;
  const random = (): number => {
    seed = (seed + 0x6d2b79f5) >>> 0;
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const odd = [
    0,
    -1,
    1,
    2,
    1.5,
    17,
    4096,
    2 ** 31,
    2 ** 53,
    1e308,
    1e-320,
    null,
    true,
    "",
    "x",
    "__proto__",
    [],
    {},
    [1, 1],
  ];
  const places = (v: Json, out: { parent: Json; key: Json }[] = []) => {
    if (v && typeof v === "object")
      for (const k of Object.keys(v)) {
        out.push({ parent: v, key: Array.isArray(v) ? Number(k) : k });
        places(v[k], out);
      }
    return out;
  };
  const mutate = (v: Json): void => {
    const all = places(v).filter(({ key }) => key !== "format");
    const { parent, key } = pick(all);
    const old = parent[key];
    const other = pick(all);
    const list = Array.isArray(parent);
    const put = (x: Json): void => {
      parent[key] = structuredClone(x);
    };
    const near = typeof old === "number" ? [old + 1, old - 1, -old, old * 2, old * 1000] : odd;
    pick([
      () => (list ? parent.splice(key, 1) : delete parent[key]),
      () => put(pick(odd)),
      () => put(other.parent[other.key]),
      () => (list ? parent.splice(key, 0, structuredClone(old)) : Object.assign(parent, { more: 1 })),
      () => put(pick(near)),
      () => put(pick(near.slice(0, 2))),
      () => list && parent.reverse(),
    ])();
  };

  test("are refused with a code and a place, or are right: golden stays in its ranges and hardware is made", () => {
    const cells = cellSources();
    let taken = 0;
    for (let i = 0; i < 400; i++) {
      const value = JSON.parse(pick(files).text);
      for (let n = pick([1, 1, 2, 3]); n > 0; n--) mutate(value);
      const text = JSON.stringify(value);
      let net: QuantizedNetwork;
      try {
        net = readIntegers(JSON.parse(text));
      } catch (e) {
        if (!(e instanceof InputError)) throw new Error(`case ${i}: ${text}`, { cause: e });
        for (const d of e.diagnostics) expect(d.code).toMatch(/^AN100[49]$/);
        continue;
      }
      taken++;
      try {
        for (const image of images(net.input)) runInteger(net, image);
        const built = toHardware(net, { clockMHz: 100 }, cells);
        // A fold that the file asks for may be illegal.
        if (!built.ok) expect(built.diagnostics.map((d) => d.code)).toContain("AN5001");
      } catch (e) {
        throw new Error(`case ${i}: ${text}`, { cause: e });
      }
    }
    expect(taken).toBeGreaterThan(40);
    expect(taken).toBeLessThan(200);
  });
});
