// Ends in an index of one of the channels.
import { bitsFor } from "../../../golden/arith/index.ts";
import type { RoleRun } from "./role.ts";

export const head: RoleRun<"head"> = (unit, role, q) => {
  const [x] = q.inputs(unit.first);
  const id = q.identity(unit);
  const range = { min: 0, max: x!.shape[2] - 1 };
  q.push(role.node(unit.first, id), q.typed(unit.last.shape, bitsFor(range), { scale: 1, zeroPoint: 0 }, range));
  q.adopt(unit, id.output);
};
