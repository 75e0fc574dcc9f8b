// Starts an integer node; affine layers and one activation behind it fold into its requantize step.
import { union } from "../../../golden/arith/index.ts";
import type { NodeIdentity, WeightStep } from "../../layers/define.ts";
import type { Context } from "../context.ts";
import type { Unit } from "../units.ts";
import { affineOf, limitsOf, quantizeAccumulated } from "./accumulated.ts";
import type { RoleRun } from "./role.ts";
import { roleDataOf, traitsOf } from "./traits.ts";

export const anchor: RoleRun<"anchor"> = (unit, role, q) => {
  const bits = q.scales.operandBits(unit.first);
  const id = withZeros(unit, q.identity(unit, bits), q);
  const inputs = id.inputs.map((e) => q.edges[e]!);
  const step = weightStep(unit, inputs[0]!.scale, q);
  quantizeAccumulated(unit, id, role.accumulate(unit.first, inputs, bits, step), true, q);
};

/** The node's input, with zeros between its pixels where the layer slides over such a map: a node of its own. */
function withZeros({ first }: Unit, id: NodeIdentity, q: Context): NodeIdentity {
  const factor = traitsOf(first).inserts?.(roleDataOf(first), first);
  if (!factor) return id;
  const [edge] = id.inputs;
  const x = q.edges[edge!]!;
  const [height, width, channels] = x.shape;
  const shape = [(height - 1) * factor[0] + 1, (width - 1) * factor[1] + 1, channels] as const;
  const name = q.freshName(`${first.name}_input`);
  const node = { name, inputs: [edge!], output: name, layers: [], path: first.path, overrides: {} };
  q.push(
    { op: "zero_insert", ...node, factor },
    { ...x, shape, range: union(x.range, { min: x.zeroPoint, max: x.zeroPoint }) },
  );
  return { ...id, inputs: [name] };
}

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
