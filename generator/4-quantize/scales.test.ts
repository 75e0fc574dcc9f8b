import { expect, test } from "vitest";
import { load } from "../compile.ts";
import { Report } from "../diagnostics/diagnostics.ts";
import { defaultQuantize } from "../ir/quantize-options.ts";
import { Scales } from "./scales.ts";

const text = JSON.stringify({
  format: "addernet-rtl/1",
  name: "n",
  input: { shape: [1, 1, 4] },
  layers: [{ name: "r", kind: "relu" }],
});
const loaded = load(text, () => new Uint8Array());
if (!loaded.ok) throw new Error(loaded.diagnostics[0]!.message);
const scales = new Scales(loaded.value.graph, new Map(), { ...defaultQuantize, mode: "pow2" }, new Report());

// Gains 1 and 1.5 under a scale s become powers of two: 1 and 2 under s = 1, exact for the first and a third too large
// for the second. Any coarser scale rounds results in larger steps, whose error is that of a uniform one: s * s / 12.
const best = (variance: number) =>
  scales.bestRatios({ scale: 1, zeroPoint: 0 }, [1, 1.5], Float64Array.of(variance, variance), 8).scale;

test("the scale weighs what multipliers lose against the steps of the results, whose error is a twelfth of their square", () => {
  const at = Array.from({ length: 16 }, (_, k) => 2 ** (k / 16));
  const nearest = (v: number) => {
    const low = 2 ** Math.floor(Math.log2(v));
    return v - low < 2 * low - v ? low : 2 * low;
  };
  for (let variance = 0.02; variance < 4; variance *= 1.01) {
    const errors = at.map((s) =>
      [1, 1.5].reduce((sum, g) => sum + (nearest(g / s) / (g / s) - 1) ** 2 * variance + s ** 2 / 12, 0),
    );
    expect(best(variance), `variance ${variance}`).toBe(at[errors.indexOf(Math.min(...errors))]);
  }
  expect(best(1e-6)).toBe(1);
  expect(best(100)).toBeGreaterThan(1);
});
