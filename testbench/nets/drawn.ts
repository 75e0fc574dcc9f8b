// Weights and images that tests draw, and results that have to be there.
import type { Result } from "../../generator/index.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import type { Rand } from "../lib/index.ts";

/** What a step of the compiler gives; throws its messages where it gives none. */
export function value<T>(r: Result<T>): T {
  if (!r.ok) throw new Error(r.diagnostics.map((d) => `${d.code} ${d.message}`).join("\n"));
  return r.value;
}

/** Draws weights of a shape, clamped as trained ones are: a quarter of them at each end, so that a code saves. */
export const clampedWeights = (rand: Rand) =>
  function draw(...shape: number[]): unknown {
    if (shape.length === 0) return Math.max(-2, Math.min(2, rand.int(-40, 40) / 10));
    return Array.from({ length: shape[0]! }, () => draw(...shape.slice(1)));
  };

/** Images of 6 x 6 pixels with 4 channels. */
export const drawnImages = (rand: Rand, count: number): IntTensor[] =>
  Array.from({ length: count }, () => ({
    shape: [6, 6, 4] as const,
    data: Int32Array.from({ length: 144 }, () => rand.int(0, 255)),
  }));
