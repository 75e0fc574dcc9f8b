import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { proofCounts, settle, sum, summaryLine, vitestCounts } from "./tally.ts";

const dir = mkdtempSync(join(tmpdir(), "tally-"));
afterAll(() => rmSync(dir, { recursive: true }));

test("vitest's report is counted, a missing or broken one is not", () => {
  const path = join(dir, "report.json");
  writeFileSync(path, JSON.stringify({ numPassedTests: 7, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 }));
  expect(vitestCounts(path)).toEqual({ passed: 7, failed: 1, skipped: 3 });
  writeFileSync(path, "{}");
  expect(vitestCounts(path)).toBeUndefined();
  expect(vitestCounts(join(dir, "none.json"))).toBeUndefined();
});

test("proofs are counted from the closing line", () => {
  expect(proofCounts("cell bmc\n12 sets proved\n")).toEqual({ passed: 12, failed: 0, skipped: 0 });
  expect(proofCounts("2 of 12 sets FAILED\n")).toEqual({ passed: 10, failed: 2, skipped: 0 });
  expect(proofCounts("yosys: not found\n")).toBeUndefined();
});

test("a failed step is never counted as passed", () => {
  expect(settle(true, undefined)).toEqual({ passed: 1, failed: 0, skipped: 0 });
  expect(settle(false, undefined)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(settle(false, { passed: 9, failed: 0, skipped: 0 })).toEqual({ passed: 9, failed: 1, skipped: 0 });
  expect(settle(true, { passed: 0, failed: 0, skipped: 3 }).failed).toBe(1);
  expect(settle(true, { passed: 9, failed: 2, skipped: 0 }).failed).toBe(2);
});

test("the closing line", () => {
  const counts = [
    { passed: 1, failed: 0, skipped: 0 },
    { passed: 4, failed: 2, skipped: 1 },
  ];
  expect(summaryLine(sum(counts))).toBe("5 passed, 2 failed, 1 skipped");
  expect(summaryLine({ passed: 3, failed: 0, skipped: 0 })).toBe("3 passed, 0 failed");
});
