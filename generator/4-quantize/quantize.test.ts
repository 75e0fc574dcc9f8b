import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { requant, runInteger } from "../../golden/index.ts";
import { load, toIntegers } from "../compile.ts";
import { defaultQuantize, type QuantizeOptions } from "../ir/quantize-options.ts";
import type { RequantMode } from "../ir/quantized.ts";
import type { Accumulation, Requantization } from "../layers/define.ts";
import { fuseRequant, withoutZeroBits } from "../layers/fuse.ts";
import { chooseScale, type LayerStats } from "./scale.ts";
import { unitsOf } from "./units.ts";

type Layer = { name: string; kind: string } & Record<string, unknown>;
const conv = (name: string, more: object = {}): Layer => ({
  name,
  kind: "adder_conv2d",
  filters: 1,
  kernel: 1,
  weights: [[[[1]]]],
  ...more,
});
const bn: Omit<Layer, "name"> = { kind: "batch_norm", gamma: [1], beta: [0], mean: [0], variance: [1] };

function units(layers: Layer[], outputs?: string[]) {
  const text = {
    format: "addernet-rtl/1",
    name: "n",
    input: { shape: [2, 2, 1] },
    layers,
    ...(outputs && { outputs }),
  };
  const loaded = load(JSON.stringify(text), () => new Uint8Array());
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]!.message);
  return unitsOf(loaded.value.graph).map((u) => u.layers.map((l) => l.name).join(" "));
}

describe("units", () => {
  const relu = (name: string, more: object = {}): Layer => ({ name, kind: "relu", ...more });
  const norm = (name: string, more: object = {}): Layer => ({ name, ...bn, ...more }) as Layer;

  test("affine layers and one activation fold into the anchor before them", () => {
    expect(units([conv("c"), norm("b"), relu("r"), conv("d"), relu("s")])).toEqual(["c b r", "d s"]);
    expect(units([conv("c"), norm("b1"), norm("b2"), relu("r")])).toEqual(["c b1 b2 r"]);
  });

  test("what stands behind an activation is a unit of its own", () => {
    expect(units([conv("c"), relu("r"), norm("b")])).toEqual(["c r", "b"]);
    expect(units([conv("c"), relu("r"), { name: "r6", kind: "relu6" }])).toEqual(["c r", "r6"]);
  });

  test("a result that others read, or that leaves the network, stays visible", () => {
    const fork = [conv("c"), norm("b"), relu("r"), { name: "s", kind: "add", inputs: ["b", "r"] }];
    expect(units(fork)).toEqual(["c b", "r", "s"]);
    expect(units([conv("c"), norm("b")], ["c", "b"])).toEqual(["c", "b"]);
  });

  test("a join takes an activation and no affine layer; layers without hardware vanish", () => {
    const sum = (name: string) => ({ name, kind: "add", inputs: ["input", "input"] });
    expect(units([sum("s"), relu("r")])).toEqual(["s r"]);
    expect(units([sum("s"), norm("b")])).toEqual(["s", "b"]);
    expect(units([conv("c"), { name: "d", kind: "dropout" }, norm("b")])).toEqual(["c d b"]);
  });
});

describe("chooseScale", () => {
  const stats = (...sample: number[]): LayerStats => ({
    min: Math.min(...sample),
    max: Math.max(...sample),
    sample: Float64Array.from(sample),
    mean: Float64Array.of(0),
    variance: Float64Array.of(0),
  });

  test("max: the whole range on 2^bits - 1 steps; zero point only where values are negative", () => {
    expect(chooseScale(stats(0, 1, 30), 4, "max", 100)).toEqual({ scale: 2, zeroPoint: 0 });
    expect(chooseScale(stats(5, 30), 4, "max", 100)).toEqual({ scale: 2, zeroPoint: 0 });
    expect(chooseScale(stats(-10, 20), 4, "max", 100)).toEqual({ scale: 2, zeroPoint: 5 });
    expect(chooseScale(stats(-30, -1), 4, "max", 100)).toEqual({ scale: 2, zeroPoint: 15 });
    expect(chooseScale(stats(0, 0), 4, "max", 100)).toEqual({ scale: 1, zeroPoint: 0 });
  });

  test("percentile leaves outliers out, on both sides where there are two", () => {
    const ramp = Array.from({ length: 1001 }, (_, i) => i);
    expect(chooseScale(stats(...ramp), 8, "percentile", 90)).toEqual({ scale: 900 / 255, zeroPoint: 0 });
    const both = chooseScale(stats(...ramp.map((v) => v - 500)), 8, "percentile", 90);
    expect(both.scale).toBeCloseTo(900 / 255, 9);
    expect(both.zeroPoint).toBe(128);
  });

  test("mse is never worse than max", () => {
    const error = (s: LayerStats, q: { scale: number; zeroPoint: number }) =>
      s.sample.reduce((a, v) => {
        const i = Math.max(0, Math.min(15, Math.floor(v / q.scale + q.zeroPoint + 0.5)));
        return a + ((i - q.zeroPoint) * q.scale - v) ** 2;
      }, 0);
    const value = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), (sample) => {
        const s = stats(...sample);
        const [mse, max] = (["mse", "max"] as const).map((m) => error(s, chooseScale(s, 4, m, 100)));
        expect(mse).toBeLessThanOrEqual(max!);
      }),
    );
  });
});

/** The integers of a network over images of ramps. */
function quantized(
  layers: object[],
  shape: readonly [number, number, number],
  options: Partial<QuantizeOptions>,
  errors = new Map<string, number>(),
  outputs?: string[],
) {
  const text = { format: "addernet-rtl/1", name: "n", layout: "channels_last", input: { shape }, layers, outputs };
  const loaded = load(JSON.stringify(text), () => new Uint8Array());
  if (!loaded.ok) throw new Error(loaded.diagnostics.map((d) => d.message).join());
  const images = [3, 50, 201].map((k) => ({
    shape,
    data: Int32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => (i * 37 + k) % 256),
  }));
  const onMultipliers = (node: string, error: number) => errors.set(node, error);
  const made = toIntegers(loaded.value.graph, images, { ...options, onMultipliers });
  if (!made.ok) throw new Error(made.diagnostics.map((d) => d.message).join());
  return made.value;
}

function target(channels: number, mode: RequantMode, scale: number, zeroPoint: number): Requantization {
  return {
    scale,
    zeroPoint,
    clamp: { min: 0, max: 255 },
    affine: { scale: new Array(channels).fill(1), offset: new Array(channels).fill(0) },
    mode,
    multiplierBits: defaultQuantize.multiplierBits,
  };
}
const accumulation = (max: number, gain: number[], offset: number[]): Accumulation => ({
  range: { min: 0, max },
  gain,
  offset,
  node: () => {
    throw new Error("not asked for");
  },
});

const offsets = (n: number) =>
  fc.array(fc.double({ min: -200, max: 200, noNaN: true }), { minLength: n, maxLength: n });

describe("fuseRequant", () => {
  const clamp = (v: number) => Math.max(0, Math.min(255, v));

  test("powers of two: the integers equal the rounded real formula", () => {
    const exponents = fc.array(fc.integer({ min: -12, max: -2 }), { minLength: 3, maxLength: 3 });
    const mode = fc.constantFrom<RequantMode>("full", "pow2", "csd2");
    const sixteenths = fc.array(fc.integer({ min: -3000, max: 3000 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(mode, exponents, sixteenths, fc.array(fc.integer({ min: 0, max: 4000 })), (m, e, o, accs) => {
        const gain = e.map((x, c) => (c === 1 ? -1 : 1) * 2 ** x);
        const offset = o.map((v) => v / 16);
        const { requant: r } = fuseRequant(accumulation(4000, gain, offset), target(3, m, 0.5, 7));
        for (const acc of accs)
          for (let c = 0; c < 3; c++) {
            const real = (acc * gain[c]! + offset[c]!) / 0.5 + 7;
            expect(requant.eval(r, acc, c)).toBe(clamp(Math.floor(real + 0.5)));
          }
      }),
    );
  });

  test("full: never more than one step from the real formula", () => {
    const gains = fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(gains, offsets(4), fc.array(fc.integer({ min: 0, max: 60_000 })), (gain, offset, accs) => {
        const { requant: r } = fuseRequant(accumulation(60_000, gain, offset), target(4, "full", 1, 100));
        for (const acc of accs)
          for (let c = 0; c < 4; c++) {
            const real = clamp(Math.floor(acc * gain[c]! + offset[c]! + 100 + 0.5));
            expect(Math.abs(requant.eval(r, acc, c) - real)).toBeLessThanOrEqual(1);
          }
      }),
    );
  });

  test("pow2 multipliers are signed powers of two, csd2 sums of two, whatever the constants", () => {
    const wide = fc.array(fc.integer({ min: -60, max: -1 }), { minLength: 4, maxLength: 4 });
    const ones = (m: number) => Math.abs(m).toString(2).replaceAll("0", "").length;
    fc.assert(
      fc.property(wide, fc.double({ min: 1, max: 2, noNaN: true }), offsets(4), (e, f, offset) => {
        const gain = e.map((x) => f * 2 ** x);
        for (const mode of ["pow2", "csd2"] as const) {
          const { requant: r } = fuseRequant(accumulation(1000, gain, offset), target(4, mode, 1, 0));
          const largest = Math.max(...gain);
          for (const [c, m] of r.multiplier.entries()) {
            // a - b with powers of two has a run of ones.
            const legal = ones(m) <= (mode === "pow2" ? 1 : 2) || ones(m + 2 ** Math.floor(Math.log2(m & -m))) === 1;
            expect(legal, `${mode} ${m}`).toBe(true);
            // Rounded to the grid of the mode, or to nothing beside the layer's largest or below the last bit.
            expect(Math.abs(m / 2 ** r.shift - gain[c]!)).toBeLessThanOrEqual(
              Math.max(gain[c]! / 2, largest * 2 ** -14, 2 ** -r.shift),
            );
          }
        }
      }),
    );
  });

  test.each(["full", "pow2", "csd2"] as const)("%s: values too small for any result become integers too", (mode) => {
    for (const gain of [5e-324, 1e-300, 2 ** -70]) {
      const { requant: r } = fuseRequant(accumulation(1000, [gain, 0], [3, 4]), target(2, mode, 1, 0));
      expect(() => requant.check(r)).not.toThrow();
      expect([requant.eval(r, 1000, 0), requant.eval(r, 1000, 1)]).toEqual([3, 4]);
    }
  });
});

describe("raw results", () => {
  const raw = (gain: number[], offset: number[], mode: RequantMode = "full", max = 1000) =>
    fuseRequant(accumulation(max, gain, offset), { ...target(gain.length, mode, 1, 0), clamp: null });
  const value = (r: ReturnType<typeof raw>, acc: number, c: number) => r.scale * requant.eval(r.requant, acc, c);

  test.each(["full", "pow2", "csd2"] as const)("one gain for all channels is exact in mode %s", (mode) => {
    const gains = fc.double({ min: 1e-9, max: 1e6, noNaN: true });
    const signs = fc.array(fc.constantFrom(-1, 1), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(gains, signs, offsets(3), (gain, sign, offset) => {
        const r = raw(
          sign.map((s) => s * gain),
          offset,
          mode,
        );
        for (const c of [0, 1, 2])
          for (const acc of [0, 1, 777, 1000]) {
            const want = acc * sign[c]! * gain + offset[c]!;
            expect(Math.abs(value(r, acc, c) - want)).toBeLessThanOrEqual(r.scale * 0.5001);
            expect(r.scale).toBeLessThanOrEqual(gain);
          }
      }),
    );
  });

  test.each([
    ["all gains 0", [0, 0, 0, 0]],
    ["all gains tiny", [1e-12, 1e-12, -1e-12, 1e-12]],
    ["gains below every double's reach", [1e-310, 1e-310, 1e-310, 1e-310]],
    ["tiny and 0", [1e-20, 0, 1e-25, 0]],
    ["one gain huge", [1e7, 1, 1, 1]],
    ["one gain huge, beyond 16 bits", [-1e12, 0.5, 0.25, 2]],
  ])("%s: within a step of 16 bits of the largest", (_, gain) => {
    const offset = [0.1, 0.95, -0.31, 0.42];
    for (const mode of ["full", "pow2", "csd2"] as const) {
      const r = raw(gain, offset, mode);
      const largest = Math.max(...gain.map((g) => Math.abs(g) * 1000), 1);
      const share = mode === "full" ? 2 ** -16 : mode === "pow2" ? 0.34 : 0.06;
      for (const [c, g] of gain.entries())
        for (const acc of [0, 500, 1000]) {
          const error = Math.abs(value(r, acc, c) - (g * acc + offset[c]!));
          expect(error).toBeLessThanOrEqual(Math.max(r.scale, share * largest * (largest > 1 ? 1 : 1e-4)));
        }
    }
  });

  test("no low bits that are zero in all results", () => {
    const q = { mode: "full" as const, multiplier: [24, -8, 0], bias: [16, 40, -64], shift: 0, clamp: null };
    const less = withoutZeroBits(q, 0.5);
    expect(less.requant).toEqual({ ...q, multiplier: [3, -1, 0], bias: [2, 5, -8] });
    expect(less.scale).toBe(4);
    const odd = { ...q, bias: [16, 40, -63] };
    expect(withoutZeroBits(odd, 0.5)).toEqual({ requant: odd, scale: 0.5 });
    const none = { ...q, multiplier: [0], bias: [0] };
    expect(withoutZeroBits(none, 1)).toEqual({ requant: none, scale: 1 });
  });

  test("a sum leaves with the bits that it has, and a constant for the rounding", () => {
    const weights = Array.from({ length: 3 }, (_, o) => Array.from({ length: 4 }, (_, i) => (i * 5 + o * 3) % 16));
    const net = quantized([{ name: "fc", kind: "adder_linear", units: 3, weights }], [1, 1, 4], {});
    // 4 taps of 8 bits: 10 bits, a sign, and two bits for quarters of a step.
    expect(net.edges.fc!.bits).toBeLessThanOrEqual(13);
  });

  test("gamma 0 in every channel: the betas themselves", () => {
    const beta = [0.1, 0.95, -0.31, 0.42];
    const zeros = [0, 0, 0, 0];
    const weights = Array.from({ length: 4 }, (_, o) => Array.from({ length: 6 }, (_, i) => o * 6 + i));
    const norm = { name: "bn", kind: "batch_norm", gamma: zeros, beta, mean: zeros, variance: [1, 1, 1, 1] };
    const net = quantized([{ name: "a", kind: "adder_linear", units: 4, weights }, norm], [1, 1, 6], {});
    const image = { shape: [1, 1, 6] as const, data: Int32Array.of(1, 2, 3, 4, 5, 6) };
    const got = runInteger(net, image).get("bn")!.data;
    for (const [c, b] of beta.entries()) expect(got[c]! * net.edges.bn!.scale).toBeCloseTo(b, 6);
  });
});

describe("edges without a range", () => {
  test("only zeros: the range of what the activation reads, or of the weights that the zeros meet", () => {
    const layers = (before: number, met: number) => [
      { name: "first", kind: "conv2d", filters: 1, kernel: 1, weights: [[[[before]]]] },
      { name: "dead", kind: "relu" },
      { name: "same", kind: "max_pool2d", kernel: 1 },
      { name: "a", kind: "adder_conv2d", filters: 1, kernel: 1, weights: [[[[met]]]] },
    ];
    const range = (before: number, met: number) =>
      quantized(layers(before, met), [2, 2, 1], {}).edges.dead!.scale * 255;
    expect(range(-0.01, -2.625)).toBeCloseTo(2.625, 9);
    expect(range(-0.01, 1)).toBeCloseTo(0.01 * 238, 9);
    expect(range(0, 0)).toBe(1);
  });

  test.each(["full", "pow2", "csd2"].flatMap((mode) => [1, -1].map((sign) => [mode, sign] as const)))(
    "mode %s: the noise of doubles around a constant is no range, on either side (%i)",
    (mode, sign) => {
      // What the norm of a constant channel leaves: 0.1 + 0.2 - 0.3.
      const zero = { name: "c", kind: "conv2d", filters: 1, kernel: 1, weights: [[[[0]]]], bias: [0.1 + 0.2] };
      const norm = { kind: "batch_norm", gamma: [sign], beta: [0], mean: [0.3], variance: [1 - 1e-5] };
      const net = quantized(
        [
          zero,
          { ...norm, name: "n" },
          { name: "sum", kind: "add", inputs: ["n", "n"] },
          { name: "cat", kind: "concat", inputs: ["sum", "input"] },
          { name: "mean", kind: "global_avg_pool", inputs: ["sum"] },
          { name: "fc", kind: "linear", units: 1, weights: [[1]] },
        ],
        [2, 2, 1],
        { mode: mode as "full" },
        new Map(),
        ["cat", "fc"],
      );
      for (const e of Object.values(net.edges)) expect(Math.abs(e.zeroPoint)).toBeLessThan(2 ** e.bits);
      const image = { shape: [2, 2, 1] as const, data: Int32Array.of(1, 2, 3, 4) };
      const results = runInteger(net, image);
      const real = (name: string) =>
        (results.get(name)!.data[0]! - net.edges[name]!.zeroPoint) * net.edges[name]!.scale;
      expect(real("fc")).toBeCloseTo(0, 2);
      expect(real("cat")).toBeCloseTo(0, 1);
    },
  );
});

test("a slope behind a pool whose windows at the border count fewer pixels", () => {
  const pool = { name: "p", kind: "avg_pool2d", kernel: 2, padding: 1, stride: 1, count_padding: false };
  const minus = { name: "m", kind: "conv2d", filters: 2, kernel: 1, weights: [[[[1]]], [[[-1]]]] };
  const leak = { name: "l", kind: "leaky_relu", slope: 0.5 };
  const net = quantized([minus, pool, leak], [2, 2, 1], { bits: 14, joinBits: 14, productBits: 14 });
  const image = { shape: [2, 2, 1] as const, data: Int32Array.of(8, 40, 120, 200) };
  const { scale, zeroPoint } = net.edges.l!;
  const got = Array.from(runInteger(net, image).get("l")!.data, (q) => (q - zeroPoint) * scale);
  const means = [8, 24, 40, 64, 92, 120, 120, 160, 200];
  const wanted = means.flatMap((v) => [v, -v / 2]);
  for (const [i, v] of wanted.entries()) expect(Math.abs(got[i]! - v)).toBeLessThan(0.1);
});

describe("scales that meet", () => {
  const relu = (name: string, ...inputs: string[]) => ({ name, kind: "relu", inputs });
  const cross = (name: string, input: string, gain: number) => ({
    name,
    kind: "conv2d",
    filters: 1,
    kernel: 1,
    weights: [[[[gain]]]],
    inputs: [input],
  });
  const layers = [
    cross("a", "input", 0.7),
    relu("ar", "a"),
    cross("b", "ar", 1.9),
    relu("br", "b"),
    { name: "up", kind: "upsample", factor: 1, inputs: ["br"] },
    { name: "cat", kind: "concat", inputs: ["up", "ar"] },
    { name: "c", kind: "conv2d", filters: 1, kernel: 1, weights: [[[[0.3, 0.9]]]] },
    relu("cr", "c"),
    { name: "sum", kind: "add", inputs: ["cr", "ar"] },
    relu("end", "sum"),
    { name: "fc", kind: "conv2d", filters: 1, kernel: 1, weights: [[[[1]]]] },
  ];

  test("a branch that only a concat reads has its scale from the start; others are brought to it", () => {
    const net = quantized(layers, [2, 2, 1], {});
    const { cat, up, br, ar } = net.edges;
    expect([up!.scale, br!.scale]).toEqual([cat!.scale, cat!.scale]);
    expect(ar!.scale).not.toBe(cat!.scale);
    expect(net.nodes.filter((n) => n.op === "requant").map((n) => n.inputs[0])).toEqual(["ar"]);
  });

  test.each(["pow2", "csd2"] as const)("mode %s: one gain for all channels is exact", (mode) => {
    const mean = { name: "mean", kind: "avg_pool2d", kernel: [1, 3], stride: 1 };
    const fewer = { ...cross("narrow", "mean", 1), bits: 3 };
    const errors = new Map<string, number>();
    const net = quantized(
      [
        cross("a", "input", 0.7),
        relu("ar", "a"),
        mean,
        fewer,
        relu("nr", "narrow"),
        cross("wide", "mean", 1),
        relu("wr", "wide"),
      ],
      [3, 3, 1],
      { mode },
      errors,
      ["nr", "wr"],
    );
    expect(net.nodes.map((n) => n.name)).toContain("mean_3bit");
    expect([...errors.keys()]).toEqual(net.nodes.map((n) => n.name));
    for (const [node, error] of errors) expect(error, node).toBe(0);
  });

  test.each(["pow2", "csd2"] as const)("mode %s: powers of two apart, so that joins are exact", (mode) => {
    const net = quantized(layers, [2, 2, 1], { mode });
    for (const name of ["ar", "br", "cat", "cr", "end"])
      expect(Number.isInteger(Math.log2(net.edges[name]!.scale / net.edges.ar!.scale)), name).toBe(true);
    const sum = net.nodes.find((n) => n.op === "add")!;
    for (const [i, m] of sum.multipliers.entries()) {
      const ratio = net.edges[sum.inputs[i]!]!.scale / net.edges[sum.output]!.scale;
      expect(m / 2 ** sum.shift).toBe(ratio);
    }
  });
});

test("a zero point is an integer of its range, also where a scale is made a power of two of another", () => {
  // Results of which none is above zero have their zero point at the upper end.
  const layers = [conv("c", { weights: [[[[300]]]] }), conv("d", { inputs: ["input"], weights: [[[[420]]]] })];
  const ends = new Set<number>();
  for (const mode of ["pow2", "csd2"] as const)
    for (let gain = 1; gain < 2; gain += 0.05) {
      const gains = ["c", "d"].map((name) => ({ name: `${name}_gain`, ...bn, gamma: [gain], inputs: [name] }));
      const text = {
        format: "addernet-rtl/1",
        name: "n",
        input: { shape: [2, 2, 1] },
        layers: [...layers, ...gains, { name: "s", kind: "add", inputs: ["c_gain", "d_gain"] }, conv("e")],
      };
      const loaded = load(JSON.stringify(text), () => new Uint8Array());
      if (!loaded.ok) throw new Error(loaded.diagnostics[0]!.message);
      const image = { shape: [2, 2, 1] as const, data: Int32Array.of(0, 90, 180, 255) };
      const net = toIntegers(loaded.value.graph, [image], { mode });
      if (!net.ok) throw new Error(net.diagnostics[0]!.message);
      for (const [name, e] of Object.entries(net.value.edges)) {
        if (e.signed) continue;
        expect(e.zeroPoint, name).toBeGreaterThanOrEqual(0);
        expect(e.zeroPoint, name).toBeLessThanOrEqual(2 ** e.bits - 1);
        ends.add(e.zeroPoint);
      }
    }
  expect(ends).toContain(255);
});

describe("bits of outputs", () => {
  const conv = {
    name: "c",
    kind: "conv2d",
    filters: 2,
    kernel: 1,
    weights: [[[[1, -1]]], [[[0.5, 2]]]],
  };
  const typeOf = (options: Partial<QuantizeOptions>, layers: object[], outputs?: string[]) => {
    const net = quantized([conv, ...layers], [2, 2, 2], options, new Map(), outputs);
    return net.edges[net.outputs[0]!]!;
  };

  test("raw sums where nothing is said; else so many bits, negative values too, through a flatten as well", () => {
    expect(typeOf({}, [])).toMatchObject({ signed: true });
    for (const outputBits of [4, 8, 16])
      for (const layers of [[], [{ name: "f", kind: "flatten" }]]) {
        const type = typeOf({ outputBits }, layers);
        expect(type).toMatchObject({ signed: false, bits: outputBits });
        expect(type.zeroPoint).toBeGreaterThan(0);
      }
  });

  test("what an index reads stays exact", () => {
    const net = quantized([conv, { name: "a", kind: "argmax" }], [2, 2, 2], { outputBits: 8 });
    expect(net.edges.c).toMatchObject({ signed: true });
    expect(net.edges.a).toMatchObject({ shape: [2, 2, 1], bits: 1 });
  });
});

test("mode pow2 takes the scale under which gains of several channels are powers of two", () => {
  const weights = [[[[10]]], [[[20]]]];
  for (const gain of [0.3, 0.37, 0.45, 0.55]) {
    const norm = { name: "n", ...bn, gamma: [gain, 4 * gain], beta: [0, 0], mean: [0, 0], variance: [1, 1] };
    const cross = { name: "c", kind: "adder_conv2d", filters: 2, kernel: 1, weights };
    const net = quantized(
      [cross, norm, { name: "e", kind: "adder_conv2d", filters: 1, kernel: 1, weights: [[[[1, 2]]]] }],
      [2, 2, 1],
      {
        mode: "pow2",
      },
    );
    // Sixteen scales are tried within a factor of two: the nearest is half a sixteenth away at most.
    const away = Math.log2(gain / Math.sqrt(1 + 1e-5) / net.edges.n!.scale);
    expect(Math.abs(away - Math.round(away))).toBeLessThan(1 / 32 + 1e-3);
  }
});

test.each([
  ["equal deviations", [0.24, 0.24, 0.24], 0.51],
  // 0.1994 to 0.26 is a factor of 1.3: one power of two is 14 % off at the best, of 128 levels around the mean.
  ["deviations of their own", [0.2023, 0.1994, 0.26], 18],
] as const)("an input with a mean a channel in mode pow2, %s", (_, std, levels) => {
  const mean = [0.66, 0.1, 0.71];
  const text = {
    format: "addernet-rtl/1",
    name: "n",
    input: { shape: [4, 4, 3], scale: 1 / 255, mean, std },
    layers: [{ name: "a", kind: "adder_conv2d", filters: 1, kernel: 1, weights: [[[[0]], [[0]], [[0]]]] }],
  };
  const loaded = load(JSON.stringify(text), () => new Uint8Array());
  if (!loaded.ok) throw new Error(loaded.diagnostics.map((d) => d.message).join());
  // Channels around their means, as pictures are.
  const data = Int32Array.from({ length: 48 }, (_, i) => Math.round(255 * mean[i % 3]!) + ((i * 37) % 50) - 25);
  const image = { shape: [4, 4, 3] as const, data };
  const made = toIntegers(loaded.value.graph, [image], { mode: "pow2", method: "max" });
  if (!made.ok) throw new Error(made.diagnostics.map((d) => d.message).join());
  const name = made.value.nodes[0]!.output;
  const { scale, zeroPoint } = made.value.edges[name]!;
  runInteger(made.value, image, { keep: [name] })
    .get(name)!
    .data.forEach((q, i) => {
      const real = (data[i]! / 255 - mean[i % 3]!) / std[i % 3]!;
      expect(Math.abs(q - zeroPoint - real / scale)).toBeLessThan(levels);
    });
});

// Channels that mean different things by one of both alone are brought to one meaning as well.
test.each([
  ["scales alone", [1, 2], [0, 0], 1],
  ["means alone", [1, 1], [0, 64], 1],
  ["nothing", [1, 1], [64, 64], 0],
] as const)("an input of 8 bits whose channels differ in %s", (_, std, mean, steps) => {
  const a = { name: "a", kind: "adder_conv2d", filters: 1, kernel: 1, weights: [[[[0]], [[0]]]] };
  const input = { shape: [2, 2, 2], scale: 1, mean, std };
  const text = { format: "addernet-rtl/1", name: "n", input, layers: [a] };
  const loaded = load(JSON.stringify(text), () => new Uint8Array());
  if (!loaded.ok) throw new Error(loaded.diagnostics.map((d) => d.message).join());
  const image = { shape: [2, 2, 2] as const, data: Int32Array.of(0, 255, 255, 0, 17, 40, 100, 200) };
  const made = toIntegers(loaded.value.graph, [image], { bits: 8, method: "max" });
  if (!made.ok) throw new Error(made.diagnostics.map((d) => d.message).join());
  expect(made.value.nodes.filter((n) => n.op === "requant").length).toBe(steps);
  const name = made.value.nodes.find((n) => "weights" in n)!.inputs[0]!;
  const edge = made.value.edges[name]!;
  runInteger(made.value, image, { keep: [name] })
    .get(name)!
    .data.forEach((q, i) => {
      const real = (image.data[i]! - mean[i % 2]!) / std[i % 2]!;
      expect(Math.abs((q - edge.zeroPoint) * edge.scale - real)).toBeLessThanOrEqual(edge.scale);
    });
});
