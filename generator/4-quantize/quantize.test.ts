import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { requant } from "../../golden/index.ts";
import { load } from "../compile.ts";
import { defaultQuantize } from "../ir/quantize-options.ts";
import type { RequantMode } from "../ir/quantized.ts";
import type { Accumulation, Target } from "../layers/define.ts";
import { foldRequant } from "../layers/fold.ts";
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

function target(channels: number, mode: RequantMode, scale: number, zeroPoint: number): Target {
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

describe("foldRequant", () => {
  const clamp = (v: number) => Math.max(0, Math.min(255, v));
  const offsets = (n: number) =>
    fc.array(fc.double({ min: -200, max: 200, noNaN: true }), { minLength: n, maxLength: n });

  test("powers of two: the integers equal the rounded real formula", () => {
    const exponents = fc.array(fc.integer({ min: -12, max: -2 }), { minLength: 3, maxLength: 3 });
    const mode = fc.constantFrom<RequantMode>("full", "pow2", "csd2");
    const sixteenths = fc.array(fc.integer({ min: -3000, max: 3000 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(mode, exponents, sixteenths, fc.array(fc.integer({ min: 0, max: 4000 })), (m, e, o, accs) => {
        const gain = e.map((x, c) => (c === 1 ? -1 : 1) * 2 ** x);
        const offset = o.map((v) => v / 16);
        const { requant: r } = foldRequant(accumulation(4000, gain, offset), target(3, m, 0.5, 7));
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
        const { requant: r } = foldRequant(accumulation(60_000, gain, offset), target(4, "full", 1, 100));
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
          const { requant: r } = foldRequant(accumulation(1000, gain, offset), target(4, mode, 1, 0));
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
      const { requant: r } = foldRequant(accumulation(1000, [gain, 0], [3, 4]), target(2, mode, 1, 0));
      expect(() => requant.check(r)).not.toThrow();
      expect([requant.eval(r, 1000, 0), requant.eval(r, 1000, 1)]).toEqual([3, 4]);
    }
  });
});
