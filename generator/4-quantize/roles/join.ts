// Inputs of several scales become one; only an activation folds into it.
import { largestOf } from "../scales.ts";
import { limitsOf } from "./accumulated.ts";
import type { RoleRun } from "./role.ts";

export const join: RoleRun<"join"> = (unit, role, q) => {
  const { bits, quantization } = q.kept(unit.last.name, () =>
    q.scales.chosen(unit.last, largestOf(q.inputs(unit.first))),
  );
  const limits = limitsOf(unit);
  if (limits.slopes || limits.result) {
    q.report.error({
      code: "AN4004",
      message: `${unit.activation!.kind} directly after ${unit.first.kind} is not possible`,
      path: unit.activation!.path,
      expected: "relu, relu6 or no activation after a join",
    });
    return;
  }
  const wished = q.requantization(quantization, bits, limits, unit.last.shape[2]);
  const id = q.identity(unit);
  const node = role.join(unit.first, id, q.inputs(unit.first), wished);
  q.push(node, q.typed(unit.last.shape, bits, quantization, wished.clamp!));
  q.adopt(unit, id.output);
};
