// Integers pass through with their meaning, real zeros among them where the layer adds some.
import type { RoleRun } from "./role.ts";

export const same: RoleRun<"same"> = (unit, role, q) => {
  const [x] = q.inputs(unit.first);
  const id = q.identity(unit);
  const { range, zeroPoint } = x!;
  const padded = { min: Math.min(range.min, zeroPoint), max: Math.max(range.max, zeroPoint) };
  q.push(role.node(unit.first, id), { ...x!, shape: unit.last.shape, range: role.zeros ? padded : range });
  q.adopt(unit, id.output);
};
