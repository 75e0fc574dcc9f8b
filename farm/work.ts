// What a worker does: the jobs of its index that have no result yet, one after the other.
import { mkdirSync, rmSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { FarmError, type JobFolder, type Json, writeWhole } from "./plan.ts";

/** Computes the result of one job. It depends on nothing but the input and the files that the folder holds. */
export type Compute = (input: Json, folder: JobFolder) => Promise<Json> | Json;

export interface WorkDone {
  readonly computed: number;
  readonly there: number;
  readonly failed: number;
}

/** Seconds between two signs of life of a worker, and those after which it counts as dead. */
const HEARTBEAT = 5;
export const DEAD_AFTER = 60;

const causes: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the quota is used up",
  EFBIG: "the file is larger than allowed here",
};
const cause = (e: unknown): string => causes[(e as NodeJS.ErrnoException).code ?? ""] ?? (e as Error).message;

/** What a worker that is a process of its own does where its work is cancelled: it ends, and so do the tools it started. */
export const endThis = (): void => {
  process.kill(process.pid, "SIGTERM");
};

/**
 * Works on chunk `index`. A job that throws is recorded with what it said and does not stop the others. A disk that takes
 * no result ends the work: later jobs would be lost as well. `onCancelled` is called within `HEARTBEAT` after the folder
 * was marked as cancelled, which reaches workers on machines where nobody can send a signal.
 */
export async function work(
  folder: JobFolder,
  index: number,
  kinds: ReadonlyMap<string, Compute>,
  only?: (done: number, of: number) => void,
  onCancelled?: () => void,
): Promise<WorkDone> {
  if (!Number.isInteger(index) || index < 0 || index >= folder.workers)
    throw new FarmError(`there is no index ${index}`, `${folder.path} has the indices 0 to ${folder.workers - 1}`);
  const jobs = folder.chunk(index);
  const host = hostname();
  mkdirSync(join(folder.path, "workers"), { recursive: true });
  const sign = join(folder.path, "workers", `${index}.${host}.${process.pid}.json`);
  const kept = (what: string, write: () => void): void => {
    try {
      write();
    } catch (e) {
      throw new FarmError(
        `${what} cannot be written to ${folder.path}: ${cause(e)}`,
        "free some space and run the command again: only what is missing is done",
      );
    }
  };
  kept("a sign of life", () => writeWhole(sign, `${JSON.stringify({ index, host, pid: process.pid })}\n`));
  const beat = setInterval(() => {
    try {
      utimesSync(sign, new Date(), new Date());
    } catch {
      // A folder that went away shows when the next result is written.
    }
    if (folder.cancelled) onCancelled?.();
  }, HEARTBEAT * 1000);
  beat.unref();
  let [computed, there, failed] = [0, 0, 0];
  try {
    for (const job of jobs) {
      const before = folder.failure(job.name)?.tries ?? 0;
      if (folder.result(job.name)) there++;
      else if (before >= folder.plan.tries) failed++;
      else {
        const compute = kinds.get(job.kind);
        if (!compute)
          throw new FarmError(
            `this program knows no jobs of the kind ${job.kind.slice(0, 80)}`,
            "start the one that planned them",
          );
        let value: Json;
        try {
          value = await compute(job.input, folder);
        } catch (e) {
          failed++;
          const text = e instanceof Error ? (e.stack ?? e.message) : String(e);
          const failure = { name: job.name, tries: before + 1, message: text, host };
          kept(`the failure of job ${job.name}`, () => folder.writeFailure(failure));
          continue;
        }
        kept(`the result of job ${job.name}`, () => folder.writeResult(job.name, value));
        computed++;
      }
      only?.(computed + there + failed, jobs.length);
    }
  } finally {
    clearInterval(beat);
    rmSync(sign, { force: true });
  }
  return { computed, there, failed };
}
