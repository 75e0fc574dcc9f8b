// The commands on a folder of jobs: what its workers do, and what people ask of it.
import { resolve } from "node:path";
import { type Compute, cancelJobs, JobFolder, statusOf, work } from "../../farm/index.ts";
import type { Console } from "./console.ts";
import { computePoint } from "./explore.ts";
import { checkTools, told } from "./farm.ts";
import { columns } from "./table.ts";

/** The functions behind the jobs that commands of ours plan. */
const kinds: ReadonlyMap<string, Compute> = new Map([["explore-point", computePoint]]);

export async function workCommand(dir: string, index: number, out: Console): Promise<number> {
  const done = await told(async () => {
    const folder = JobFolder.open(resolve(dir));
    await checkTools(folder);
    return work(folder, index, kinds, (n, of) => out.progress("jobs", n, of));
  });
  out.line(`${done.computed} computed, ${done.there} there before, ${done.failed} failed`);
  out.result({ ...done });
  return done.failed > 0 ? 1 : 0;
}

export async function statusCommand(dir: string, out: Console): Promise<void> {
  const s = await told(() => statusOf(JobFolder.open(resolve(dir))));
  out.line(`${s.title}: ${s.done} of ${s.jobs} jobs done, ${s.failed.length} failed, ${s.retried} tried again`);
  if (s.left !== undefined) out.line(`about ${Math.round(s.left)} s left at the pace so far`);
  const rows = [...s.running.map((w) => ["running", w] as const), ...s.dead.map((w) => ["silent", w] as const)];
  if (rows.length > 0)
    for (const l of columns([
      ["worker", "host", "process", "state", "last sign of life"],
      ...rows.map(([state, w]) => [String(w.index), w.host, String(w.pid), state, `${Math.round(w.silent)} s ago`]),
    ]))
      out.line(l);
  for (const f of s.failed) out.line(`failed ${f.tries} times: ${f.name}: ${f.message.split("\n")[0]}`);
  out.result({ ...s });
}

export async function cancelCommand(dir: string, out: Console): Promise<void> {
  const c = await told(() => cancelJobs(JobFolder.open(resolve(dir))));
  out.line(`cancelled: ${c.submissions} submissions, ${c.processes} processes on this host`);
  for (const w of c.elsewhere) out.line(`still running: ${w}`);
  out.result({ ...c });
}
