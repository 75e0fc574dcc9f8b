// Counts of tests, read from what the steps leave behind.
import { readFileSync } from "node:fs";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface StepResult {
  readonly name: string;
  readonly ok: boolean;
  readonly counts: Counts;
  readonly seconds: number;
}

/** Counts of a vitest JSON report; undefined when the file is missing or not a report. */
export function vitestCounts(path: string): Counts | undefined {
  try {
    const report = JSON.parse(readFileSync(path, "utf8"));
    const passed = Number(report.numPassedTests);
    const failed = Number(report.numFailedTests);
    const skipped = Number(report.numPendingTests) + Number(report.numTodoTests);
    return Number.isFinite(passed + failed + skipped) ? { passed, failed, skipped } : undefined;
  } catch {
    return undefined;
  }
}

/** Counts of the closing line of scripts/formal.ts. */
export function proofCounts(output: string): Counts | undefined {
  const proved = output.match(/^(\d+) sets proved$/m);
  if (proved) return { passed: Number(proved[1]), failed: 0, skipped: 0 };
  const broken = output.match(/^(\d+) of (\d+) sets FAILED$/m);
  if (!broken) return undefined;
  const failed = Number(broken[1]);
  return { passed: Number(broken[2]) - failed, failed, skipped: 0 };
}

/**
 * The counts that stand for a step. A step that failed always counts a failure, whatever it wrote (a test file that
 * does not load has no test); one that counts nothing of its own is one test. A step that counts tests and ran none
 * has failed.
 */
export function settle(ok: boolean, own: Counts | undefined): Counts {
  if (!own) return ok ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
  const fine = ok && own.passed + own.failed > 0;
  return fine ? own : { ...own, failed: Math.max(1, own.failed) };
}

export function sum(all: readonly Counts[]): Counts {
  const total = (key: keyof Counts): number => all.reduce((n, counts) => n + counts[key], 0);
  return { passed: total("passed"), failed: total("failed"), skipped: total("skipped") };
}

export function summaryLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
