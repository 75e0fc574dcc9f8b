// verify's own test: every fault in the wiring of an emitted design, and every memory bit that golden says matters, is found,
// in both simulators. What synthesis makes of them: generator/cli/netlist.sim.test.ts.
import { describe, expect, test } from "vitest";
import { simulators } from "../lib/simulators.ts";
import { designNames, designOf, flips, passes, wiringMutants, withMutant } from "./designs.ts";
import { draw } from "./mutant.ts";

// A model of Icarus is built at once, one of Verilator in half a minute.
const counts = { icarus: 24, verilator: 2 } as const;

/** The tests, of a sample of the faults or of all of them. */
export function faultsAreFound(all: boolean): void {
  const sample = <T>(list: readonly T[], count: number, seed: number): T[] =>
    draw(list, seed, all ? Number.POSITIVE_INFINITY : count);

  describe.each(designNames)("%s", (name) => {
    const d = designOf(name);
    const wiring = wiringMutants(d);

    test("passes without a fault", async () => {
      for (const sim of simulators) expect(await passes(d, d.files, sim)).toBe(true);
      expect(wiring.length).toBeGreaterThan(200);
      expect(new Set(wiring.map((m) => m.id)).size).toBe(wiring.length);
    });

    test.each(simulators)(
      "wiring, %s",
      async (sim) => {
        const missed: string[] = [];
        let tried = 0;
        for (const m of sample(wiring, counts[sim], name.length)) {
          const found = await passes(d, withMutant(d, m), sim);
          if (found !== undefined) tried++;
          if (found) missed.push(`${m.file}:${m.line} ${m.what}`);
        }
        expect(missed).toEqual([]);
        expect(tried).toBeGreaterThan(0);
      },
      3_600_000,
    );

    test("memory bits", async () => {
      const missed: unknown[] = [];
      let tried = 0;
      for (const { files, ...where } of sample(flips(d), 20, 11)) {
        const wrong = files();
        if (!wrong) continue;
        tried++;
        if (await passes(d, wrong, "icarus")) missed.push(where);
      }
      expect(missed).toEqual([]);
      expect(tried).toBeGreaterThan(3);
    }, 3_600_000);
  });
}
