// What a folder of jobs says of itself, without asking any queue.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Failure, JobFolder } from "./plan.ts";
import { DEAD_AFTER } from "./work.ts";

export interface Running {
  readonly index: number;
  readonly host: string;
  readonly pid: number;
  /** Seconds since its last sign of life. */
  readonly silent: number;
}

export interface Status {
  readonly title: string;
  readonly jobs: number;
  readonly done: number;
  /** Jobs that have used up their tries. */
  readonly failed: readonly Failure[];
  /** Jobs that failed at least once and are tried again. */
  readonly retried: number;
  readonly running: readonly Running[];
  /** Workers whose last sign of life is older than a minute. */
  readonly dead: readonly Running[];
  /** Seconds that the rest takes at the pace of the results so far; undefined without two of them. */
  readonly left: number | undefined;
}

export function statusOf(folder: JobFolder, now = Date.now()): Status {
  const times: number[] = [];
  const failed: Failure[] = [];
  let retried = 0;
  for (const j of folder.jobs) {
    if (folder.result(j.name)) {
      times.push(statSync(join(folder.path, "results", j.name.slice(0, 2), `${j.name}.json`)).mtimeMs);
      continue;
    }
    const f = folder.failure(j.name);
    if (f && f.tries >= folder.plan.tries) failed.push(f);
    else if (f) retried++;
  }
  const workers = readdirSync(join(folder.path, "workers"))
    .filter((f) => f.endsWith(".json"))
    .flatMap((f): Running[] => {
      try {
        const { index, host, pid } = JSON.parse(readFileSync(join(folder.path, "workers", f), "utf8"));
        return [{ index, host, pid, silent: (now - statSync(join(folder.path, "workers", f)).mtimeMs) / 1000 }];
      } catch {
        // It ended while we looked.
        return [];
      }
    })
    .sort((a, b) => a.index - b.index);
  times.sort((a, b) => a - b);
  const span = times.length > 1 ? (times.at(-1)! - times[0]!) / 1000 : 0;
  const open = folder.plan.jobs - times.length - failed.length;
  return {
    title: folder.plan.title,
    jobs: folder.plan.jobs,
    done: times.length,
    failed,
    retried,
    running: workers.filter((w) => w.silent <= DEAD_AFTER),
    dead: workers.filter((w) => w.silent > DEAD_AFTER),
    left: span > 0 ? (open * span) / (times.length - 1) : open === 0 ? 0 : undefined,
  };
}
