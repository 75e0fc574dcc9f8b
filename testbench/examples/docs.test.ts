import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as library from "../lib/index.ts";

test.each(["counter", "stream", "registers"])("docs/testbench.md shows %s.sim.test.ts as it is", (name) => {
  const docs = readFileSync(join(import.meta.dirname, "../../docs/testbench.md"), "utf8");
  const code = readFileSync(join(import.meta.dirname, `${name}.sim.test.ts`), "utf8").replaceAll(
    '"../lib/index.ts"',
    '"addernet-rtl/testbench"',
  );
  expect(docs).toContain(code);
});

test("docs/testbench.md names only what there is: members of tb, exports, options", () => {
  const docs = readFileSync(join(import.meta.dirname, "../../docs/testbench.md"), "utf8");
  const members = new Set([
    ...Object.getOwnPropertyNames(library.Tb.prototype),
    ...Object.getOwnPropertyNames(library.Bench.prototype),
    ...["dut", "clk", "clocks", "rand", "seed", "sim", "initRun", "host"],
  ]);
  const named = new Set([...docs.matchAll(/\btb\.([a-zA-Z]\w*)/g)].map((m) => m[1]!));
  expect([...named].filter((n) => !members.has(n))).toEqual([]);
  expect(named.size).toBeGreaterThan(30);
  const made = [...docs.matchAll(/\bnew ([A-Z]\w*)\(/g)].map((m) => m[1]!);
  expect(made.filter((n) => !(n in library))).toEqual([]);
  // The page keeps up: every agent of the library is on it.
  const agents = Object.getOwnPropertyNames(library.Tb.prototype).filter((n) => n !== "constructor");
  expect(agents.filter((n) => !named.has(n))).toEqual([]);
});
