// The copy of the project in which mutants are tried, with faults whose fate is known.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "../nets/build.ts";
import { Copy } from "./copy.ts";
import { type Mutant, mutantsOf } from "./mutant.ts";
import type { Killer } from "./tests.ts";

const copy = new Copy();
afterAll(() => copy.remove());

function mutant(file: string, right: string, by: string): Mutant {
  const text = readFileSync(join(root, file), "utf8");
  const from = text.indexOf(right);
  expect(from).toBeGreaterThan(0);
  return mutantsOf(file, text, [{ from, to: from + right.length, by, what: "by hand" }])[0]!;
}

const unit: Killer = { name: "unit", run: "unit", of: ["golden/arith"] };
const bench: Killer = {
  name: "bench",
  run: "sim",
  of: ["testbench/cells/uart_tx/"],
  only: /^(?!.*(mutant|verilator))/,
};

test("a fault in a module or a cell is found, and is gone afterwards", async () => {
  const max = mutant("golden/arith/range.ts", "min: Math.min(a", "min: Math.max(a");
  const high = mutant("templates/uart_tx.v", "{1'b1, shift", "{1'b0, shift");
  for (const [k, m] of [
    [unit, max],
    [bench, high],
  ] as const) {
    const wrong = await copy.with(m, () => copy.run(k, 100));
    expect(wrong).toMatchObject({ verdict: "failed", failed: expect.stringMatching(/\$$/) });
    // The test that failed, alone.
    expect((await copy.run(k, 100, wrong.failed)).verdict).toBe("passed");
    expect((await copy.with(m, () => copy.run(k, 100, wrong.failed))).verdict).toBe("failed");
  }
  expect((await copy.run(unit, 100)).verdict).toBe("passed");
});

test("tests that take too long end, and the next ones run", async () => {
  expect((await copy.run(bench, 0.01)).verdict).toBe("too long");
  expect((await copy.run(unit, 100)).verdict).toBe("passed");
});

test("tests that are not there prove nothing", async () => {
  await expect(copy.run(unit, 100, "no test has this title")).rejects.toThrow("no test of unit was run");
  expect((await copy.run({ ...unit, of: ["nowhere"] }, 100)).verdict).toBe("failed");
});
