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
export const HEARTBEAT = 5;
export const DEAD_AFTER = 60;

/**
 * Works on chunk `index`. A job that throws is recorded with what it said and does not stop the others. A disk that takes
 * no result ends the work: later jobs would be lost as well.
 */
export async function work(
  folder: JobFolder,
  index: number,
  kinds: ReadonlyMap<string, Compute>,
  only?: (done: number, of: number) => void,
): Promise<WorkDone> {
  if (!Number.isInteger(index) || index < 0 || index >= folder.workers)
    throw new FarmError(`there is no index ${index}`, `${folder.path} has the indices 0 to ${folder.workers - 1}`);
  const jobs = folder.chunk(index);
  const host = hostname();
  mkdirSync(join(folder.path, "workers"), { recursive: true });
  const sign = join(folder.path, "workers", `${index}.${host}.${process.pid}.json`);
  writeWhole(sign, `${JSON.stringify({ index, host, pid: process.pid })}\n`);
  const beat = setInterval(() => {
    try {
      utimesSync(sign, new Date(), new Date());
    } catch {
      // A folder that went away shows when the next result is written.
    }
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
          folder.writeFailure({ name: job.name, tries: before + 1, message: text, host });
          continue;
        }
        try {
          folder.writeResult(job.name, value);
        } catch (e) {
          const why = (e as NodeJS.ErrnoException).code === "ENOSPC" ? "the disk is full" : (e as Error).message;
          throw new FarmError(
            `the result of job ${job.name} cannot be written to ${folder.path}: ${why}`,
            "free some space and run the command again",
          );
        }
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
