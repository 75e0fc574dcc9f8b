// An affine layer or an activation that stands alone: a requantize node of its own.
import { plainAccumulation } from "../../layers/accumulate.ts";
import type { Context } from "../context.ts";
import type { Unit } from "../units.ts";
import { quantizeAccumulated } from "./accumulated.ts";

export const pointwise = (unit: Unit, _role: unknown, q: Context): void => {
  const id = q.identity(unit);
  quantizeAccumulated(unit, id, plainAccumulation(q.edges[id.inputs[0]!]!), false, q);
};
