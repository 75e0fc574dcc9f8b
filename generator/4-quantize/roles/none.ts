// Leaves no hardware: its result is the edge that it reads.
import type { RoleRun } from "./role.ts";

export const none: RoleRun<"none"> = (unit, _role, q) => {
  q.carry(unit.first.name, q.edgeOf(unit.first.inputs[0]!));
};
