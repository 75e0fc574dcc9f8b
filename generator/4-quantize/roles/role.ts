// What the file of a role gives.
import type { Context } from "../context.ts";
import type { Unit } from "../units.ts";
import type { RoleName, RoleOf } from "./traits.ts";

/** Adds the nodes and edges of a unit whose first layer has the role; reports what is not possible. */
export type RoleRun<R extends RoleName> = (unit: Unit, role: RoleOf<R>, q: Context) => void;
