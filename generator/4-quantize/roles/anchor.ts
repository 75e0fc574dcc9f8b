// Starts an integer node; affine layers and one activation behind it fold into its requantize step.
import { quantizeAccumulated } from "./accumulated.ts";
import type { RoleRun } from "./index.ts";

export const anchor: RoleRun<"anchor"> = (unit, role, q) => {
  const bits = q.scales.operandBits(unit.first);
  const id = q.identity(unit, bits);
  const inputs = id.inputs.map((e) => q.edges[e]!);
  quantizeAccumulated(unit, id, role.accumulate(unit.first, inputs, bits), true, q);
};
