// Ends the work on a folder from outside the command that started it.
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { cancelSlurm } from "./backends/slurm.ts";
import type { JobFolder } from "./plan.ts";
import { statusOf } from "./status.ts";

export interface Cancelled {
  /** Submissions to Slurm. */
  readonly submissions: number;
  /** Processes on this host. */
  readonly processes: number;
  /** Workers on other hosts that no queue of ours started, as "host pid". */
  readonly elsewhere: readonly string[];
}

/** The number may belong to another program by now: only a process that names the folder is ours. */
function isOurs(pid: number, path: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(path);
  } catch {
    return false;
  }
}

/** The command that waits for the work ends as well; the same command again goes on from there. */
export async function cancelJobs(folder: JobFolder): Promise<Cancelled> {
  folder.markCancelled();
  const submissions = await cancelSlurm(folder.path);
  let processes = 0;
  const elsewhere: string[] = [];
  for (const w of statusOf(folder).running) {
    if (w.host !== hostname()) elsewhere.push(`${w.host} ${w.pid}`);
    else if (isOurs(w.pid, folder.path)) {
      // Workers of ours lead a process group, behind a prefix they may not.
      for (const pid of [-w.pid, w.pid])
        try {
          process.kill(pid, "SIGTERM");
          processes++;
          break;
        } catch {
          // No such group, or it has just ended.
        }
    }
  }
  return { submissions, processes, elsewhere };
}
