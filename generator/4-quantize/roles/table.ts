// A function of single values, tabulated over the integers of its input.
import { level, rangeOfBits } from "../../../golden/arith/index.ts";
import type { RoleRun } from "./role.ts";

/** Widest input of a tabulated function: what an edge may have, and a column of block RAMs on a larger device. */
const TABLE_BITS = 16;

export const table: RoleRun<"table"> = (unit, { value, results }, q) => {
  const [x] = q.inputs(unit.first);
  if (x!.signed || x!.bits > TABLE_BITS) {
    q.report.error({
      code: "AN4004",
      message: `${unit.first.kind} reads a value of ${x!.bits} bits`,
      path: unit.first.path,
      expected: `at most ${TABLE_BITS} bits, for which it is tabulated`,
    });
    return;
  }
  const stats = q.calibration.get(unit.last.name)!;
  const known = results ? { ...stats, min: results.min, max: results.max } : stats;
  const { name, path } = unit.last;
  const wanted = q.scales.bitsWanted(name);
  const { bits, quantization } = q.kept(name, () => ({
    bits: wanted,
    quantization: q.scales.scaleFor(known, wanted, name, path, 0, results ? "max" : q.options.method),
  }));
  const values = Array.from({ length: 2 ** x!.bits }, (_, i) =>
    level.within(value(level.real(i, x!), unit.first.attrs), quantization, rangeOfBits(bits)),
  );
  const id = q.identity(unit);
  const range = { min: Math.min(...values), max: Math.max(...values) };
  q.push({ op: "table", ...id, table: values }, q.typed(unit.last.shape, bits, quantization, range));
  q.adopt(unit, id.output);
};
