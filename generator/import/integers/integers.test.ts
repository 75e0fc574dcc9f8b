import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { getLanguageService, TextDocument } from "vscode-json-languageservice";
import { runBatch, runInteger } from "../../../golden/index.ts";
import { openNpz, readNpy } from "../../files/index.ts";
import { isIntegers } from "../../integer-file.ts";
import type { IntTensor } from "../../ir/tensor.ts";
import { importIntegers } from "./index.ts";
import { quotient } from "./requant.ts";
import { integersJsonSchema } from "./schema.ts";

const root = join(import.meta.dirname, "../../..");
const none = (): Uint8Array => {
  throw new Error("there is no such file");
};
type Layer = { kind: string } & Record<string, unknown>;
const description = (shape: readonly number[], layers: readonly Layer[], more: object = {}) =>
  JSON.stringify({ format: "addernet-rtl/integer-layers-1", name: "n", input: { shape }, layers, ...more });

function imported(text: string, read: (path: string) => Uint8Array = none) {
  const got = importIntegers(text, read);
  if (!got.ok) throw new Error(JSON.stringify(got.diagnostics));
  expect(isIntegers(JSON.parse(got.value.text))).toBe(true);
  return got.value;
}
const floorDiv = (a: number, b: number): number => Math.floor(a / b);

describe("the JSON Schema", () => {
  const address = "file:///integer-layers.schema.json";
  const service = getLanguageService({ schemaRequestService: async () => JSON.stringify(integersJsonSchema()) });
  service.configure({ schemas: [{ uri: address, fileMatch: ["*"] }] });
  const faults = async (value: object) => {
    const document = TextDocument.create("file:///net.json", "json", 1, JSON.stringify(value));
    return (await service.doValidation(document, service.parseJSONDocument(document))).map((f) => f.message);
  };
  const page = readFileSync(join(root, "docs/import.md"), "utf8");
  const shown = JSON.parse(page.match(/```json\n(\{\n {2}"format": "addernet-rtl\/integer-layers-1"[^`]*)```/)![1]!);

  test("takes what the import takes, with its own address in it", async () => {
    expect(await faults({ $schema: address, ...shown })).toEqual([]);
    const named = description([1, 1, 2], [{ kind: "linear", units: 1, weights: [[1, 2]] }], { $schema: address });
    expect(await faults(JSON.parse(named))).toEqual([]);
    imported(named);
  });

  test.each([
    [{ ...shown, layers: [{ kind: "softmax" }] }],
    [{ ...shown, layers: [{ kind: "linear", weights: "w" }] }],
    [{ ...shown, layers: [{ ...shown.layers[0], round: "up" }] }],
    [{ ...shown, colour: 1 }],
  ])("refuses what the import refuses: %#", async (wrong) => {
    expect(await faults(wrong)).not.toEqual([]);
    expect(importIntegers(JSON.stringify(wrong), none).ok).toBe(false);
  });
});

describe("whole networks of another implementation", () => {
  test.each(["lenet5-mnist-int_4b_qat_po2", "lenet5-mnist-int_4b_ptq_mse_m8"])("%s: every logit", (name) => {
    const file = `golden/vectors/networks/${name}.npz`;
    const json = JSON.parse(readFileSync(join(root, file.replace(".npz", ".json")), "utf8"));
    const arrays = openNpz(readFileSync(join(root, file)));
    const layers: Layer[] = [
      {
        kind: "requantize",
        multiplier: json.input.mul,
        shift: json.input.shift,
        round: "nearest",
        clamp: [0, json.input.qmax],
      },
    ];
    for (const l of json.layers) {
      const constants = {
        multiplier: `${l.name}.mul`,
        bias: `${l.name}.add`,
        shift: `${l.name}.shift`,
        round: "nearest",
      };
      const clamp = l.clamp[0] === null ? null : l.clamp;
      const all = { name: l.name, weights: `${l.name}.wq`, ...constants, clamp };
      const [filters, , kernel] = l.weights;
      layers.push(
        kernel === undefined
          ? { kind: "adder_linear", units: filters, ...all }
          : { kind: "adder_conv2d", filters, kernel, stride: l.stride, padding: l.pad, ...all },
      );
      if (l.pool_after) layers.push({ kind: "max_pool2d", kernel: 2 });
    }
    const { net, notes } = imported(description([28, 28, 1], layers, { weights: file }), (path) =>
      readFileSync(join(root, path)),
    );
    expect(notes).toEqual([]);
    const pixels = readNpy(readFileSync(join(root, "examples/mnist/test_images.npy")));
    const images = Array.from(
      { length: 1000 },
      (_, i): IntTensor => ({
        shape: [28, 28, 1],
        data: Int32Array.from(pixels.data.subarray(i * 784, (i + 1) * 784)),
      }),
    );
    const logits = runBatch(net, images).get(net.outputs[0]!)!;
    expect(logits.flatMap((t) => Array.from(t.data))).toEqual(Array.from(arrays.read("test_logits_int").data));
  });
});

/** A plain loop over channels first: sums, then what `after` makes of them. */
function layerOf(
  x: readonly number[],
  [channels, height, width]: readonly [number, number, number],
  weights: readonly number[],
  { filters, kernel, stride, padding }: Record<"filters" | "kernel" | "stride" | "padding", number>,
  tap: (x: number, w: number) => number,
  after: (sum: number) => number,
): number[] {
  const size = (n: number) => Math.floor((n + 2 * padding - kernel) / stride) + 1;
  const out: number[] = [];
  for (let f = 0; f < filters; f++)
    for (let oy = 0; oy < size(height); oy++)
      for (let ox = 0; ox < size(width); ox++) {
        let sum = 0;
        for (let c = 0; c < channels; c++)
          for (let ky = 0; ky < kernel; ky++)
            for (let kx = 0; kx < kernel; kx++) {
              const [y, z] = [oy * stride + ky - padding, ox * stride + kx - padding];
              const inside = y >= 0 && y < height && z >= 0 && z < width;
              sum += tap(
                inside ? x[(c * height + y) * width + z]! : 0,
                weights[((f * channels + c) * kernel + ky) * kernel + kx]!,
              );
            }
        out.push(after(sum));
      }
  return out;
}
const last = (values: readonly number[], channels: number) =>
  values.map((_, i) => values[(i % channels) * (values.length / channels) + Math.floor(i / channels)]!);

test("a plain file of int32, layer after layer: y = ceil((sum + 10) / 4), ReLU", () => {
  const shapes = [
    [16, 1, 3, 3],
    [32, 16, 3, 3],
    [16, 32, 3, 3],
    [10, 16, 3, 3],
  ] as const;
  let seed = 7;
  const random = () => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  const weights = shapes.map((s) => Array.from({ length: s[0] * s[1] * 9 }, () => Math.floor(random() * 61) - 30));
  const file = new Uint8Array(Int32Array.from(weights.flat()).buffer);
  const place = { file: "weights.bin", dtype: "int32" };
  // Sums of a product: those of distances would be negative throughout, and ReLU takes all of it.
  const layers = shapes.map(([filters], i) => ({
    ...{ name: `l${i}`, kind: "conv2d", filters, kernel: 3, stride: i === 0 ? 2 : 1, padding: i === 3 ? 0 : 1 },
    ...{ weights: place, bias: 10, shift: 2, round: "ceil", clamp: [0, 65535] },
  }));
  const { net, notes } = imported(description([6, 6, 1], layers), () => file);
  expect(notes).toEqual([]);
  const image = Array.from({ length: 36 }, () => Math.floor(random() * 256));
  let x = image;
  let shape: [number, number, number] = [1, 6, 6];
  const results = runInteger(net, { shape: [6, 6, 1], data: Int32Array.from(image) }, { keep: "all" });
  for (const [i, [filters]] of shapes.entries()) {
    const geometry = { filters, kernel: 3, stride: i === 0 ? 2 : 1, padding: i === 3 ? 0 : 1 };
    x = layerOf(
      x,
      shape,
      weights[i]!,
      geometry,
      (a, b) => a * b,
      (sum) => Math.max(0, Math.min(65535, Math.ceil((sum + 10) / 4))),
    ); // prettier-ignore
    const side = i === 3 ? 1 : 3;
    shape = [filters, side, side];
    expect(Array.from(results.get(`l${i}`)!.data), `layer ${i}`).toEqual(last(x, filters));
  }
  expect(x.some((v) => v > 0)).toBe(true);
  const more = imported(description([6, 6, 1], layers), () => Uint8Array.from([...file, 1, 2, 3]));
  expect(more.notes).toEqual(["3 bytes at the end of weights.bin were not read"]);
});

test("signed values between adder layers, weights outside them, a divisor that is no power of two", () => {
  const weights = [300, -4, 7, 0, -90, 12, 5, 5, 2, -1, 64, -200];
  const layer = { kind: "adder_conv2d", kernel: 1, round: "nearest", divisor: 3 };
  const layers: Layer[] = [
    {
      ...layer,
      name: "a",
      filters: 2,
      weights: weights
        .slice(0, 4)
        .map((w) => [[[w]]])
        .reduce<number[][][][]>((rows, w, i) => {
          if (i % 2 === 0) rows.push([w[0]!]);
          else rows.at(-1)!.push(w[0]!);
          return rows;
        }, []),
      multiplier: [-1, 1],
      bias: [150, -150],
      clamp: [-100, 90],
    }, // prettier-ignore
    {
      ...layer,
      name: "b",
      filters: 4,
      weights: [
        [-90, 12],
        [5, 5],
        [2, -1],
        [64, -200],
      ].map((r) => r.map((w) => [[w]])),
      multiplier: -1,
      shift: 1,
    }, // prettier-ignore
  ];
  const { net } = imported(description([1, 1, 2], layers, { input: { shape: [1, 1, 2], storage: "int8" } }));
  expect(net.edges.a!.zeroPoint).toBe(100);
  for (const x of [
    [-128, 127],
    [0, 0],
    [5, -77],
  ]) {
    const image = { shape: [1, 1, 2] as const, data: Int32Array.from(x) };
    const results = runInteger(net, image, { keep: "all" });
    const sums = (values: readonly number[], rows: readonly number[][]) =>
      rows.map((r) => r.reduce((s, w, i) => s + Math.abs(values[i]! - w), 0));
    const a = sums(x, [
      [300, -4],
      [7, 0],
    ]).map((s, c) => Math.max(-100, Math.min(90, floorDiv((c === 0 ? -s + 150 : s - 150) + 1, 3)))); // prettier-ignore
    const b = sums(a, [
      [-90, 12],
      [5, 5],
      [2, -1],
      [64, -200],
    ]).map((s) => floorDiv(-s + 3, 6));
    const real = (name: string) => Array.from(results.get(name)!.data, (q) => q - net.edges[name]!.zeroPoint);
    expect(real("a")).toEqual(a);
    expect(real("b")).toEqual(b);
  }
});

test("joins, pools, a flattened map, channels last, several outputs", () => {
  const layers: Layer[] = [
    { name: "a", kind: "requantize", bias: -100, clamp: [-100, 155] },
    { name: "p", kind: "avg_pool2d", kernel: 2, divisor: 4, round: "nearest", clamp: [-100, 155] },
    { name: "m", kind: "max_pool2d", kernel: 2, inputs: ["a"] },
    { name: "s", kind: "add", inputs: ["p", "m"], multiplier: [3, 1], bias: 2, shift: 1, clamp: [0, 200] },
    { name: "c", kind: "concat", inputs: ["p", "m"] },
    { name: "u", kind: "upsample", factor: 2, inputs: ["s"] },
    { name: "z", kind: "pad", padding: 1, inputs: ["c"] },
    { name: "d", kind: "linear", units: 1, weights: [[1, 2, 3, 4]], inputs: ["c"], clamp: null },
    { name: "k", kind: "argmax", inputs: ["d"] },
  ];
  const { net } = imported(description([2, 4, 1], layers, { outputs: ["k", "u", "z", "d"] }));
  const x = [10, 200, 3, 90, 120, 7, 250, 101];
  const results = runInteger(net, { shape: [2, 4, 1], data: Int32Array.from(x) }, { keep: "all" });
  const real = (name: string) => Array.from(results.get(name)!.data, (q) => q - net.edges[name]!.zeroPoint);
  const a = x.map((v) => v - 100);
  const p = [floorDiv(a[0]! + a[1]! + a[4]! + a[5]! + 2, 4), floorDiv(a[2]! + a[3]! + a[6]! + a[7]! + 2, 4)];
  const m = [100, 150];
  expect(real("a")).toEqual(a);
  expect(real("p")).toEqual(p);
  expect(real("m")).toEqual(m);
  const s = p.map((v, i) => Math.max(0, Math.min(200, floorDiv(3 * v + m[i]! + 2, 2))));
  expect(real("s")).toEqual(s);
  expect(real("u")).toEqual([s[0], s[0], s[1], s[1], s[0], s[0], s[1], s[1]]);
  // Channels first: all of p, then all of m.
  expect(real("d")).toEqual([p[0]! + 2 * p[1]! + 3 * m[0]! + 4 * m[1]!]);
  const lasts = imported(
    description([2, 4, 1], layers, { outputs: ["k", "u", "z", "d"], layout: "channels_last" }),
  ).net;
  const other = runInteger(lasts, { shape: [2, 4, 1], data: Int32Array.from(x) });
  expect(other.get("d")!.data[0]).toBe(p[0]! + 2 * m[0]! + 3 * p[1]! + 4 * m[1]!);
});

test("a quotient's product and shift give its floor for every value that can occur", () => {
  const arb = fc.record({
    m: fc.integer({ min: -500, max: 500 }),
    b: fc.integer({ min: -5000, max: 5000 }),
    shift: fc.integer({ min: 0, max: 5 }),
    divisor: fc.integer({ min: 1, max: 1000 }),
    low: fc.integer({ min: -3000, max: 0 }),
    high: fc.integer({ min: 0, max: 3000 }),
    round: fc.constantFrom("floor", "nearest", "ceil" as const),
  });
  fc.assert(
    fc.property(arb, ({ m, b, shift, divisor, low, high, round }) => {
      const q = quotient({ multiplier: [m], bias: [b], shift: [shift], divisor, round }, { min: low, max: high }, 3);
      const whole = divisor * 2 ** shift;
      const rounding = { floor: 0, nearest: Math.floor(whole / 2), ceil: whole - 1 }[round];
      for (const acc of [low, low + 1, -1, 0, 1, Math.floor((low + high) / 2), high - 1, high].filter(
        (v) => v >= low && v <= high,
      )) {
        const found = Number((BigInt(acc) * BigInt(q.multiplier[0]!) + BigInt(q.bias[0]!)) >> BigInt(q.shift));
        expect(found).toBe(Math.floor((acc * m + b + rounding) / whole) + 3);
      }
    }),
    { numRuns: 500 },
  );
});

describe("refused", () => {
  const dense = { kind: "linear", units: 1, weights: [[1, 2]] };
  const cases: [string, readonly Layer[], object, RegExp][] = [
    ["an unknown kind", [{ kind: "lstm" }], {}, /unknown layer kind "lstm"/],
    ["an unknown key", [{ ...dense, magic: 1 }], {}, /unknown key "magic"/],
    ["weights of another shape", [{ ...dense, weights: [[1, 2, 3]] }], {}, /wrong shape.*\[1, 2\].*\[1, 3\]/],
    ["weights that are no integers", [{ ...dense, weights: [[1, 0.5]] }], {}, /not an integer/],
    ["rows of two lengths", [{ ...dense, units: 2, weights: [[1, 2], [1]] }], {}, /not one length/],
    [
      "a file that is not there",
      [{ ...dense, weights: { file: "w.bin", dtype: "int32" } }],
      {},
      /w\.bin cannot be read/,
    ],
    ["a name without a file", [{ ...dense, weights: "fc" }], {}, /no file is named/],
    ["a layer that is not there", [{ ...dense, inputs: ["x"] }], {}, /"x", which no layer before/],
    ["constants of another number", [{ ...dense, bias: [1, 2, 3] }], {}, /bias has the wrong length/],
    ["truncation of negative results", [{ ...dense, round: "truncate" }], {}, /truncation towards zero/],
    ["an empty clamp", [{ ...dense, clamp: [3, 1] }], {}, /clamp is empty/],
    [
      "raw results that a layer reads",
      [
        { ...dense, clamp: null },
        { ...dense, weights: [[1]] },
      ],
      {},
      /no clamp/,
    ],
    [
      "results of more than 16 bits",
      [{ ...dense, weights: [[9999, 9999]], clamp: [0, 999999] }],
      {},
      /more than 16 bits/,
    ],
    ["more than 52 bits", [{ ...dense, multiplier: 2 ** 40, divisor: 65535, clamp: [0, 9] }], {}, /52 bits/],
    ["an output that is not there", [dense], { outputs: ["y"] }, /no layer is called "y"/],
    [
      "a layer that nobody reads",
      [
        { ...dense, name: "a" },
        { ...dense, inputs: ["input"] },
      ],
      {},
      /nothing reads "a"/,
    ],
    ["another format", [dense], { format: "addernet-rtl/1" }, /integer-layers-1/],
    [
      "a flattened map that leaves",
      [{ kind: "requantize", clamp: [0, 9] }, { kind: "flatten" }],
      { input: { shape: [2, 1, 2] } },
      /another order/,
    ], // prettier-ignore
  ];
  test.each(cases)("%s", (_, layers, more, message) => {
    const got = importIntegers(description([1, 1, 2], layers, more), none);
    if (got.ok) throw new Error("not refused");
    expect(got.diagnostics.map((d) => [d.message, d.expected, d.found].join(" ")).join("\n")).toMatch(message);
    for (const d of got.diagnostics) expect(d.path).toBeDefined();
  });
});
