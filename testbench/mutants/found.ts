// verify's own test: every fault in the wiring of an emitted design, and every memory bit that golden says matters, is found,
// in both simulators. What synthesis makes of them: generator/cli/netlist.sim.test.ts.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { JobFolder } from "../../farm/index.ts";
import { temporaryFolder } from "../lib/children.ts";
import { simulators } from "../lib/simulators.ts";
import { Checker, type Result } from "./check.ts";
import { designNames, designOf, FaultyFolder, flips, passes, wiringMutants, withMutant } from "./designs.ts";
import { type Drawn, mutantsFarm } from "./farm.ts";
import { designMutants, mutantsOfKind } from "./kinds.ts";
import { draw, judgmentOf, type Mutant, survivors } from "./mutant.ts";

/** Of a design, where not all are tried: faults in each simulator, faults as designs of their own, bits of memories. */
const fixed = { chosen: { icarus: 24, verilator: 60 }, own: { icarus: 8, verilator: 1 }, bits: 12 } as const;
/** The same where weights are loaded: a run takes ten times as long. */
const loaded = { chosen: { icarus: 6, verilator: 24 }, own: { icarus: 2, verilator: 1 }, bits: 6 } as const;

/** Mutants of each kind that are tried over the farm, and how many. */
const farmed = { memory: 6, wiring: 6, golden: 1 } as const;

const known = survivors();

/** The tests, of a sample of the faults or of all of them. */
export function faultsAreFound(all: boolean): void {
  const sample = <T>(list: readonly T[], count: number, seed: number): T[] =>
    draw(list, seed, all ? Number.POSITIVE_INFINITY : count);

  describe.each(designNames)("%s", (name) => {
    const d = designOf(name);
    const wiring = wiringMutants(d);
    const counts = d.hardware.weights ? loaded : fixed;
    // All faults in one model of each simulator.
    const folder = new FaultyFolder(d, wiring);
    afterAll(folder.remove);
    const named = (m: Mutant) => `${m.file}:${m.line} ${m.what}`;

    test("passes without a fault", async () => {
      expect(await passes(d, d.files, "icarus")).toBe(true);
      for (const sim of simulators) expect(await folder.passes(sim)).toBe(true);
      expect(wiring.length).toBeGreaterThan(200);
      expect(new Set(wiring.map((m) => m.id)).size).toBe(wiring.length);
    });

    test.each(simulators)(
      "wiring, %s",
      async (sim) => {
        const chosen = sample(wiring, counts.chosen[sim], name.length);
        const missed: Mutant[] = [];
        for (const m of chosen) if (await folder.passes(sim, m)) missed.push(m);
        expect(missed.filter((m) => !judgmentOf(m, known)).map(named)).toEqual([]);
        if (all) console.warn(`${name}: ${chosen.length - missed.length} of ${chosen.length} faults found in ${sim}`);
      },
      3_600_000,
    );

    // What no simulator builds is found as well: then there is nothing to verify.
    test.each(simulators)(
      "wiring, each fault a design of its own, %s",
      async (sim) => {
        const missed: string[] = [];
        let tried = 0;
        for (const m of draw(wiring, name.length, counts.own[sim])) {
          const found = await passes(d, withMutant(d, m), sim);
          if (found !== undefined) tried++;
          if (found && !judgmentOf(m, known)) missed.push(named(m));
        }
        expect(missed).toEqual([]);
        expect(tried).toBeGreaterThan(0);
      },
      3_600_000,
    );

    test("memory bits", async () => {
      const missed: unknown[] = [];
      let tried = 0;
      for (const { wrong, ...where } of sample(flips(d), counts.bits, 11)) {
        const made = wrong();
        if (!made) continue;
        tried++;
        for (const sim of simulators) if (await folder.passes(sim, undefined, made)) missed.push({ sim, ...where });
      }
      expect(missed).toEqual([]);
      expect(tried).toBeGreaterThan(3);
      if (all) console.warn(`${name}: ${tried} bits found in ${simulators.join(" and ")}`);
    }, 3_600_000);
  });

  test("over two processes the same becomes of them as here", async () => {
    const { path, remove } = temporaryFolder("addernet-mutants-farm-");
    const limits = { limit: 300, sets: 1 };
    const chosen = Object.entries(farmed).filter(([kind]) => all || kind !== "golden");
    const drawn = (chosen as [keyof typeof farmed, number][]).flatMap(([kind, count]) =>
      draw<Drawn["m"]>(kind === "golden" ? mutantsOfKind(kind) : designMutants(kind), 7, count).map(
        (m): Drawn => ({ kind, m }),
      ),
    );
    const checker = new Checker(limits);
    const timeless = ({ seconds: _, ...r }: Result) => r;
    try {
      const here: Result[] = [];
      for (const { kind, m } of drawn) here.push(await checker.check(kind, m));
      const { results } = await mutantsFarm(drawn, limits, { folder: path, where: { farm: "local:2" } });
      expect(results!.map(timeless)).toEqual(here.map(timeless));
      expect(here.some((r) => r.killed)).toBe(true);
      writeFileSync(
        join(path, "plan.json"),
        readFileSync(join(path, "plan.json"), "utf8").replace(/"project": "/, "$&x"),
      );
      const old = spawnSync(process.execPath, [...JobFolder.open(path).plan.worker.slice(1), path, "--index", "0"], {
        encoding: "utf8",
      });
      expect([old.status, old.stderr]).toEqual([1, expect.stringContaining("was planned with project x")]);
    } finally {
      checker.remove();
      remove();
    }
  }, 3_600_000);
}
