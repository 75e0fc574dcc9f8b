// A short run of the fuzzer, and every network that once failed.
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cases } from "../nightly.ts";
import { withScratch } from "./cache.ts";
import { fuzzFarm } from "./farm.ts";
import { fuzz } from "./fuzz.ts";
import { findKinds } from "./kinds.ts";
import { replay } from "./replay.ts";

// More networks at night.
const seconds = cases([10], [25]).at(-1)!;
test("random networks: compiler, golden and hardware agree", async () => {
  const { drawn } = findKinds();
  const r = await withScratch(() =>
    fuzz({ seed: 1, kinds: drawn, count: 20, seconds, verilatorEvery: 10, timingEvery: 5 }),
  );
  expect(r.failure?.note).toBeUndefined();
  expect(r.networks).toBeGreaterThan(0);
});

test("rounds in other processes: the same sum with one worker and with two", async () => {
  const dir = mkdtempSync(join(tmpdir(), "addernet-fuzz-farm-"));
  // Every second network is one of another round.
  const plan = { seed: 3, count: 2, perRound: 1, verilatorEvery: 0, timingEvery: 2 };
  try {
    const sums = [];
    for (const farm of ["local:1", "local:2"]) {
      const r = await fuzzFarm(plan, { folder: join(dir, farm.replace(":", "")), where: { farm } });
      const { backend, ...rest } = r!;
      expect([backend, rest.rounds]).toEqual([`${farm.slice(6)} processes`, 2]);
      sums.push({ ...rest, kinds: [...rest.kinds].sort() });
    }
    expect(sums[0]).toMatchObject({ networks: 2, timed: 1 });
    expect(sums[1]).toEqual(sums[0]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

const dir = join(import.meta.dirname, "samples");
const samples = existsSync(dir) ? readdirSync(dir).filter((f) => f.endsWith(".json")) : [];
// Of these the values were wrong: their clocks, which take several times as long as the values, are measured at night.
const untimed = new Set(["narrowed-pixels.json", "part-of-a-pixel.json", "read-back-beside-a-code.json"]);
// A prediction of clocks that generator/verify/verify.sim.test.ts has by itself.
const late = new Set(["input-held-by-a-branch.json"]);
describe("networks that failed", () => {
  const [now, atNight] = [false, true].map((is) => samples.filter((f) => late.has(f) === is));
  const timed = new Set(
    cases(
      samples.filter((f) => !untimed.has(f)),
      [...untimed],
    ),
  );
  test.each(cases(now!, atNight!))("%s", async (file) => {
    await withScratch(() => replay(join(dir, file), "icarus", timed.has(file)));
  });
});
