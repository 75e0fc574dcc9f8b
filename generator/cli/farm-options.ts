// Options of the commands whose work may run elsewhere.
export const farmOptions = {
  farm: {
    describe: 'where the jobs run: local, local:N, slurm, or a command that runs what follows it ("srun", "ssh host")',
    type: "string",
  },
  "farm-options": { describe: "options of sbatch: partition, account, memory, time", type: "string" },
  "farm-workers": { describe: "number of workers started through a command; default: one per core", type: "number" },
  resume: {
    describe: "replace the plan of other jobs in the folder; results that fit are reused",
    type: "boolean",
    default: false,
  },
  "dry-run": { describe: "only write the plan of the jobs", type: "boolean", default: false },
} as const;

/** The folder of jobs that the commands beside --farm take. */
export const jobFolder = { describe: "folder of jobs", type: "string", demandOption: true } as const;
