import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as library from "../lib/index.ts";

const page = (name: string) => readFileSync(join(import.meta.dirname, "../../docs", name), "utf8");

test.each([
  ["testbench.md", "counter"],
  ["testbench.md", "stream"],
  ["testbench.md", "registers"],
  ["cocotb.md", "frames"],
])("docs/%s shows %s.sim.test.ts as it is", (file, name) => {
  const docs = page(file);
  const code = readFileSync(join(import.meta.dirname, `${name}.sim.test.ts`), "utf8").replaceAll(
    '"../lib/index.ts"',
    '"addernet-rtl/testbench"',
  );
  expect(docs).toContain(code);
});

test("docs/testbench.md and cocotb.md name only what there is: members of tb, exports, options", () => {
  const docs = page("testbench.md") + page("cocotb.md");
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
  // The pages keep up: every agent of the library is on one.
  const agents = Object.getOwnPropertyNames(library.Tb.prototype).filter((n) => n !== "constructor");
  expect(agents.filter((n) => !named.has(n))).toEqual([]);
});

test("docs/cocotb.md: methods of agents and triggers on the right exist", () => {
  const rows = [...page("cocotb.md").matchAll(/^\| (.*) \| (.*) \|$/gm)].slice(2);
  expect(rows.length).toBeGreaterThan(25);
  const known = new Set<string>();
  for (const v of Object.values(library as Record<string, unknown>))
    for (let at = typeof v === "function" ? (v.prototype as object | null) : null; at; at = Object.getPrototypeOf(at))
      for (const name of Object.getOwnPropertyNames(at)) known.add(name);
  const row = (start: string) => rows.find(([, left]) => left!.startsWith(start))![2]!;
  for (const name of row("`send`").matchAll(/`(\w+)`/g)) expect(known, name[1]).toContain(name[1]);
  for (const name of ["pause", "setPauseGenerator", "join", "kill", "point", "cross"])
    expect(known, name).toContain(name);
});
