// Slurm with more jobs.
import "./slurm.sim.test.ts";
