// Runs the open jobs of a folder through a backend until all have a result, or none of those left gets one.
import { availableParallelism } from "node:os";
import type { Backend } from "./backends/backend.ts";
import { processes, words } from "./backends/processes.ts";
import { slurm } from "./backends/slurm.ts";
import { FarmError, type JobFolder } from "./plan.ts";
import { type Status, statusOf } from "./status.ts";

/**
 * The backend that `--farm` names: `local`, `local:N`, `slurm`, or a command that runs what follows it. `parallel` is how
 * many of the latter run at a time.
 */
export async function backendOf(text: string, o: { options?: string; parallel?: number } = {}): Promise<Backend> {
  const given = split(o.options ?? "", "--farm-options");
  if (text === "slurm") return await slurm(given);
  if (given.length > 0) throw new FarmError("--farm-options are Slurm's", "--farm slurm");
  const local = /^local(?::(\d+))?$/.exec(text);
  const cores = o.parallel ?? availableParallelism();
  if (local) {
    const n = local[1] === undefined ? cores : Number(local[1]);
    if (n < 1) throw new FarmError("--farm local:N needs a number of processes from 1 up");
    return processes([], n);
  }
  const prefix = split(text, "--farm");
  if (prefix.length === 0)
    throw new FarmError("--farm is empty", 'local, local:4, slurm, or a prefix such as "srun" or "ssh host"');
  return processes(prefix, cores);
}

function split(text: string, option: string): string[] {
  try {
    return words(text);
  } catch (e) {
    throw new FarmError(`${option}: ${(e as Error).message}`);
  }
}

export interface FarmRun {
  readonly signal?: AbortSignal;
  readonly onProgress?: (s: Status) => void;
}

/**
 * Afterwards every job has a result or has used up its tries: a worker that was killed is started again, at most
 * `tries` times without any progress. Rejects with a FarmError that says what the last workers said.
 */
export async function runJobs(folder: JobFolder, backend: Backend, run: FarmRun = {}): Promise<void> {
  const signal = run.signal ?? new AbortController().signal;
  let told = 0;
  const onChange = () => {
    const now = Date.now();
    if (!run.onProgress || now - told < 500) return;
    told = now;
    run.onProgress(statusOf(folder, now));
  };
  folder.uncancel();
  // Workers that no signal reaches, behind ssh say, see it in the folder.
  signal.addEventListener("abort", () => folder.markCancelled(), { once: true });
  let idle = 0;
  for (let open = folder.open(), before = left(folder); open.length > 0; ) {
    const messages = await backend.round(folder, open, { signal, onChange });
    if (signal.aborted || folder.cancelled)
      throw new FarmError("cancelled", "run the same command again to continue from here");
    const now = left(folder);
    open = folder.open();
    idle = now < before ? 0 : idle + 1;
    before = now;
    if (open.length > 0 && idle >= folder.plan.tries)
      throw new FarmError(
        `${open.length} workers end without a result${messages.length > 0 ? `: ${messages.slice(0, 3).map(oneLine).join("; ")}` : ""}`,
        `see ${folder.path}/logs, or run one of them by hand: ${[...folder.plan.worker, folder.path, "--index", String(open[0])].join(" ")}`,
      );
  }
  run.onProgress?.(statusOf(folder));
}

/** A message of several lines in one. */
const oneLine = (s: string): string => s.trim().replace(/\s*\n\s*/g, " | ");

/** What falls while there is progress: results and tries that are missing. */
function left(folder: JobFolder): number {
  let n = 0;
  for (const j of folder.jobs)
    if (!folder.result(j.name)) n += folder.plan.tries - (folder.failure(j.name)?.tries ?? 0);
  return n;
}
