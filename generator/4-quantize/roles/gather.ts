// Inputs side by side: each is brought to the one scale of the result, where it does not have it from the start.
import { unionAll } from "../../../golden/arith/index.ts";
import { plainAccumulation } from "../../layers/accumulate.ts";
import { largestOf } from "../scales.ts";
import type { RoleRun } from "./role.ts";

export const gather: RoleRun<"gather"> = (unit, role, q) => {
  const { path } = unit.last;
  const chosen = q.kept(unit.last.name, () => q.scales.chosen(unit.last, largestOf(q.inputs(unit.first))));
  const { bits, quantization } = chosen;
  const id = q.identity(unit);
  const inputs = id.inputs.map((edge) => {
    const type = q.edges[edge]!;
    const { scale, zeroPoint } = quantization;
    if (type.bits === bits && !type.signed && type.scale === scale && type.zeroPoint === zeroPoint) return edge;
    const name = q.freshName(`${edge}_for_${unit.first.name}`);
    return q.requantizeEdge(edge, name, plainAccumulation(type), chosen, { layers: [], path });
  });
  const range = unionAll(inputs.map((e) => q.edges[e]!.range));
  q.push(role.node(unit.first, { ...id, inputs }), q.typed(unit.last.shape, bits, quantization, range));
  q.adopt(unit, id.output);
};
