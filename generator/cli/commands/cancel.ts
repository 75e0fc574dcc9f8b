// addernet cancel: ends the work on the jobs of a folder.
import { resolve } from "node:path";
import { cancelJobs, JobFolder } from "../../../farm/index.ts";
import { defineCommand, done } from "../command.ts";
import { told } from "../farm.ts";
import { jobFolder } from "../farm-options.ts";

export const command = defineCommand({
  positionals: { folder: jobFolder },
  options: {},
  async run({ folder: dir }, out) {
    const c = await told(() => cancelJobs(JobFolder.open(resolve(dir))));
    out.line(`cancelled: ${c.submissions} submissions, ${c.processes} processes on this host`);
    for (const w of c.elsewhere) out.line(`still running: ${w}`);
    return done({ ...c });
  },
});
