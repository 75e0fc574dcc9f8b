// addernet work: computes jobs of a folder; what the workers of a command with --farm run.
import { resolve } from "node:path";
import { endThis, JobFolder, work } from "../../../farm/index.ts";
import type { Diagnostic } from "../../diagnostics/diagnostics.ts";
import { defineCommand } from "../command.ts";
import { checkTools, told } from "../farm.ts";
import { jobFolder } from "../farm-options.ts";
import { jobKinds } from "../jobs.ts";

const failures = (dir: string, failed: number): Diagnostic => ({
  code: "AN7006",
  severity: "error",
  message: failed === 1 ? "a job failed" : `${failed} jobs failed`,
  hint: `addernet status ${dir} names them`,
});

export const command = defineCommand({
  positionals: { folder: jobFolder },
  options: { index: { describe: "which part of the jobs", type: "number", demandOption: true } },
  async run({ folder: dir, index }, out) {
    const done = await told(async () => {
      const folder = JobFolder.open(resolve(dir));
      await checkTools(folder);
      return work(folder, index, jobKinds, (n, of) => out.progress("jobs", n, of), endThis);
    });
    out.line(`${done.computed} computed, ${done.there} there before, ${done.failed} failed`);
    const ok = done.failed === 0;
    return { ok, result: { ...done }, diagnostics: ok ? [] : [failures(dir, done.failed)] };
  },
});
