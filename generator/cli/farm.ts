// Work over many processes or machines: what the commands with --farm share.
import { createRequire } from "node:module";
import { constants } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Backend, backendOf, FarmError, JobFolder, type JobSpec, type Json, runJobs } from "../../farm/index.ts";
import { inputError } from "../diagnostics/diagnostics.ts";
import type { Console } from "./console.ts";

export interface FarmArgs {
  readonly farm?: string | undefined;
  readonly farmOptions?: string | undefined;
  readonly farmWorkers?: number | undefined;
  readonly dryRun?: boolean | undefined;
}

const program = fileURLToPath(new URL("../../scripts/addernet.mjs", import.meta.url));
const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };

/** Messages of the farm are the user's: a folder, a queue, an option. */
export async function told<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (e) {
    if (!(e instanceof FarmError)) throw e;
    throw inputError({ code: "AN7006", message: e.message, ...(e.hint ? { hint: e.hint } : {}) });
  }
}

/** The backend of --farm; a message of the user's where there is no such one. Asked before anything is written. */
export const farmBackend = (args: FarmArgs, otherwise = "local"): Promise<Backend> =>
  told(() =>
    backendOf(args.farm ?? otherwise, {
      ...(args.farmOptions === undefined ? {} : { options: args.farmOptions }),
      ...(args.farmWorkers === undefined ? {} : { parallel: args.farmWorkers }),
    }),
  );

export interface FarmWork {
  readonly title: string;
  /** The folder of jobs. */
  readonly folder: string;
  readonly specs: readonly JobSpec[];
  /** What results depend on beside the input: names and versions of the tools that the jobs start. */
  readonly tools: Readonly<Record<string, string>>;
  /** Estimated seconds of a job. */
  readonly seconds: number;
}

/**
 * Plans the jobs into their folder and runs what has no result yet. Gives the results in the order of `specs`; undefined
 * with --dry-run. Ctrl-C cancels what runs; the same command goes on from there.
 */
export async function farmOut(
  w: FarmWork,
  backend: Backend,
  args: FarmArgs,
  out: Console,
): Promise<readonly Json[] | undefined> {
  return await told(async () => {
    const folder = JobFolder.create(
      resolve(w.folder),
      w.specs,
      {
        title: w.title,
        worker: [process.execPath, program, "work"],
        tools: { addernet: version, ...w.tools },
        seconds: w.seconds,
        workers: backend.parallel,
      },
      true,
    );
    folder.forgetFailures();
    const open = folder.open();
    if (args.dryRun) {
      out.line(
        `${folder.jobs.length} jobs in ${w.folder}, ${open.length} of ${folder.workers} workers have work to do`,
      );
      out.line(`worker N: ${[...folder.plan.worker, folder.path, "--index", "N"].join(" ")}`);
      out.result({ folder: w.folder, jobs: folder.jobs.length, workers: folder.workers, open });
      return undefined;
    }
    const stop = new AbortController();
    let by: NodeJS.Signals | undefined;
    const cancel = (signal: NodeJS.Signals) => {
      by = signal;
      stop.abort();
    };
    const signals = ["SIGINT", "SIGTERM"] as const;
    for (const s of signals) process.once(s, cancel);
    try {
      await runJobs(folder, backend, {
        signal: stop.signal,
        onProgress: (s) => out.progress(`jobs (${backend.name})`, s.done + s.failed.length, s.jobs),
      });
    } finally {
      for (const s of signals) process.removeListener(s, cancel);
      // All workers have ended: now the command ends as any that a signal ends.
      if (by) process.exit(128 + constants.signals[by]);
    }
    return folder.collect().map((r) => r.value);
  });
}
