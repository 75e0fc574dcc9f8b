// Starts an integer node; affine layers and one activation behind it fold into its requantize step.
import type { WeightStep } from "../../layers/define.ts";
import type { Context } from "../context.ts";
import type { Unit } from "../units.ts";
import { affineOf, limitsOf, quantizeAccumulated } from "./accumulated.ts";
import type { RoleRun } from "./role.ts";

export const anchor: RoleRun<"anchor"> = (unit, role, q) => {
  const bits = q.scales.operandBits(unit.first);
  const id = q.identity(unit, bits);
  const inputs = id.inputs.map((e) => q.edges[e]!);
  const step = weightStep(unit, inputs[0]!.scale, q);
  quantizeAccumulated(unit, id, role.accumulate(unit.first, inputs, bits, step), true, q);
};

/** Multipliers of a mode within a factor of two. */
const FACTORS = { pow2: [1, 2], csd2: [1, 1.25, 1.5, 1.75, 2] } as const;

/**
 * Weights in steps that the modes without multiplication bring to the result's scale exactly: a multiplying layer is
 * free to choose them, at the cost of a part of a bit. Results that leave the network have a scale of their own.
 */
function weightStep(unit: Unit, inputScale: number, q: Context): WeightStep | undefined {
  const { mode } = q.options;
  const { min, max } = q.calibration.get(unit.last.name)!;
  if (mode === "full" || (min === 0 && max === 0)) return undefined;
  const ends = !unit.activation && q.scales.endsNetwork(unit.last);
  const scale = ends
    ? 1
    : (limitsOf(unit).result?.scale ?? q.kept(unit.last.name, () => q.scales.chosen(unit.last, 0)).quantization.scale);
  const affine = affineOf(unit).scale;
  return (o, finest) => {
    const exact = scale / (inputScale * Math.abs(affine[o]!));
    if (!Number.isFinite(exact)) return finest;
    const octave = exact * 2 ** Math.floor(Math.log2(finest / exact));
    return octave * (FACTORS[mode].find((f) => octave * f >= finest) ?? 2);
  };
}
