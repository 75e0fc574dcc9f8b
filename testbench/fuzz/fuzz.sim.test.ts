// A short run of the fuzzer, and every network that once failed.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { withScratch } from "./cache.ts";
import { fuzz } from "./fuzz.ts";
import { findKinds } from "./kinds.ts";
import { replay } from "./replay.ts";

test("random networks: compiler, golden and hardware agree", async () => {
  const { drawn } = findKinds();
  const r = await withScratch(() =>
    fuzz({ seed: 1, kinds: drawn, count: 20, seconds: 60, verilatorEvery: 10, timingEvery: 5 }),
  );
  expect(r.failure?.note).toBeUndefined();
  expect(r.networks).toBeGreaterThan(0);
});

const dir = join(import.meta.dirname, "samples");
const samples = existsSync(dir) ? readdirSync(dir).filter((f) => f.endsWith(".json")) : [];
describe("networks that failed", () => {
  test.each(samples)("%s", async (file) => {
    await withScratch(() => replay(join(dir, file), "icarus"));
  });
});
