// Options of the commands whose work may run elsewhere.
export const farmOptions = {
  farm: {
    describe: 'where the work runs: local, local:N, slurm, or a command that runs what follows it ("srun", "ssh host")',
    type: "string",
  },
  "farm-options": { describe: "options of sbatch: partition, account, memory, time", type: "string" },
  "farm-workers": { describe: "workers at a time behind a command; left out, one for each core", type: "number" },
  resume: {
    describe: "replace the plan of other jobs in the folder; results there that fit are used",
    type: "boolean",
    default: false,
  },
  "dry-run": { describe: "write the plan of the jobs and stop", type: "boolean", default: false },
} as const;

/** The folder of jobs that the commands beside --farm take. */
export const jobFolder = { describe: "folder of jobs", type: "string", demandOption: true } as const;
