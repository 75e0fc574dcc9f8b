import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const cells = readdirSync(join(root, "templates"))
  .filter((f) => f.endsWith(".v"))
  .map((f) => f.slice(0, -2));

test.each(cells)("%s has a bench for both simulators and its lint parameters, and says where", (cell) => {
  const folder = join(import.meta.dirname, cell);
  expect(existsSync(join(folder, "lint.json"))).toBe(true);
  const bench = readFileSync(join(folder, `${cell}.sim.test.ts`), "utf8");
  expect(bench).toMatch(/\bsimulators\b|"icarus"/);
  const verilog = readFileSync(join(root, `templates/${cell}.v`), "utf8");
  expect(verilog).toContain(`testbench/cells/${cell}`);
  // Whoever gives a stream and takes one must stand pauses on both sides.
  if (/\bs\d?_axis_tvalid/.test(verilog) && /\bm_axis_tvalid/.test(verilog))
    expect(bench).toMatch(/stallCorners|exerciseCorners|idle %f/);
});
