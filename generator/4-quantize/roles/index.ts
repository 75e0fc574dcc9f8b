// How each role becomes integers, a file each. What else stage 4 asks of a role stands in traits.ts.
import type { Context } from "../context.ts";
import type { Unit } from "../units.ts";
import { anchor } from "./anchor.ts";
import { gather } from "./gather.ts";
import { head } from "./head.ts";
import { join } from "./join.ts";
import { none } from "./none.ts";
import { pointwise } from "./pointwise.ts";
import type { RoleRun } from "./role.ts";
import { same } from "./same.ts";
import { table } from "./table.ts";
import { type RoleName, roleDataOf } from "./traits.ts";

const roles: { readonly [R in RoleName]: RoleRun<R> } = {
  ...{ anchor, affine: pointwise, activation: pointwise },
  ...{ join, gather, table, same, head, none },
};

export function quantizeUnit(unit: Unit, q: Context): void {
  const role = roleDataOf(unit.first);
  (roles[role.role] as RoleRun<RoleName>)(unit, role, q);
}
