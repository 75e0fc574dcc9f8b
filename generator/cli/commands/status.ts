// addernet status: how far the jobs of a folder are.
import { resolve } from "node:path";
import { JobFolder, statusOf } from "../../../farm/index.ts";
import { defineCommand, done } from "../command.ts";
import { told } from "../farm.ts";
import { jobFolder } from "../farm-options.ts";
import { columns } from "../table.ts";

export const command = defineCommand({
  positionals: { folder: jobFolder },
  options: {},
  async run({ folder: dir }, out) {
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
    return done({ ...s });
  },
});
