// The whole way in one call, for any program: jobs in, their results in the same order out.
import { constants } from "node:os";
import { resolve } from "node:path";
import { JobFolder, type JobSpec, type Json, type PlanOptions } from "./plan.ts";
import { backendOf, runJobs } from "./run.ts";
import type { Status } from "./status.ts";
import { checkVersions, type Probes } from "./version.ts";
import { type Compute, endThis, work } from "./work.ts";

/** Where the work runs, as the options --farm, --farm-options and --farm-workers say it. */
export interface FarmChoice {
  /** `local`, `local:N`, `slurm`, or a command that runs what follows it; `local` where left out. */
  readonly farm?: string | undefined;
  /** Options of sbatch. */
  readonly options?: string | undefined;
  /** Workers at a time behind a command; one for each core where left out. */
  readonly workers?: number | undefined;
}

export interface FarmJobs extends Omit<PlanOptions, "workers"> {
  /** Folder of the plan, the results and all that is known of the work; made where it is missing. */
  readonly folder: string;
  readonly specs: readonly JobSpec[];
  readonly where?: FarmChoice;
  /** Replace the plan of other jobs that the folder holds; results there that fit are used. */
  readonly resume?: boolean | undefined;
  /** Write the plan and stop. */
  readonly dryRun?: boolean | undefined;
  readonly onProgress?: (s: Status, backend: string) => void;
}

export interface Planned {
  readonly folder: string;
  readonly jobs: number;
  /** Indices that there are, and those that have something to do. */
  readonly workers: number;
  readonly open: readonly number[];
  /** The command of a worker, without its index. */
  readonly command: readonly string[];
}

export interface Farmed {
  /** In the order of `specs`; undefined with `dryRun`. */
  readonly results: readonly Json[] | undefined;
  readonly plan: Planned;
  /** What ran them, in words, and how many workers it had at a time. */
  readonly backend: string;
  readonly parallel: number;
}

/**
 * Plans the jobs into their folder, runs those that have no result yet and gives all results in the order of `specs`.
 * They depend on nothing but the jobs: neither on the backend nor on the number of workers or how many of them died. A
 * SIGINT or SIGTERM cancels what runs and ends this process; the same call goes on from there. Throws a FarmError with a
 * hint where the folder, the queue or a job fails for good.
 */
export async function farmJobs(o: FarmJobs): Promise<Farmed> {
  const { farm = "local", options, workers } = o.where ?? {};
  const backend = await backendOf(farm, {
    ...(options === undefined ? {} : { options }),
    ...(workers === undefined ? {} : { parallel: workers }),
  });
  const folder = JobFolder.create(resolve(o.folder), o.specs, { ...o, workers: backend.parallel }, o.resume);
  folder.forgetFailures();
  const plan: Planned = {
    folder: folder.path,
    jobs: folder.jobs.length,
    workers: folder.workers,
    open: folder.open(),
    command: [...folder.plan.worker, folder.path, "--index"],
  };
  const by = { backend: backend.name, parallel: backend.parallel };
  if (o.dryRun) return { results: undefined, plan, ...by };
  const stop = new AbortController();
  let ended: NodeJS.Signals | undefined;
  const cancel = (signal: NodeJS.Signals) => {
    ended = signal;
    stop.abort();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const s of signals) process.once(s, cancel);
  try {
    await runJobs(folder, backend, {
      signal: stop.signal,
      onProgress: (s) => o.onProgress?.(s, backend.name),
    });
  } finally {
    for (const s of signals) process.removeListener(s, cancel);
    // All workers have ended: now this process ends as any that a signal ends.
    if (ended) process.exit(128 + constants.signals[ended]);
  }
  // A plan that grows may hold more jobs than these.
  return { results: folder.collect(o.specs.length).map((r) => r.value), plan, ...by };
}

/**
 * The main function of a worker: `program DIR --index N` does the jobs of that index. Gives the exit code: 1 where a job
 * failed. `kinds` has the function of each kind of jobs that the plan holds; with `probes` it refuses a plan that other
 * versions of the tools made.
 */
export async function serveJobs(
  args: readonly string[],
  kinds: ReadonlyMap<string, Compute>,
  probes: Probes = {},
): Promise<number> {
  const [dir, option, index] = args;
  if (dir === undefined || option !== "--index" || args.length !== 3) {
    process.stderr.write("a worker takes: DIR --index N\n");
    return 2;
  }
  const folder = JobFolder.open(resolve(dir));
  await checkVersions(folder, probes);
  const done = await work(folder, Number(index), kinds, undefined, endThis);
  return done.failed > 0 ? 1 : 0;
}
