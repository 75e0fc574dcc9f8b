// Work in many processes or on many machines, with the same answer. See docs/farm.md.
export { type FarmChoice, type Farmed, type FarmJobs, farmJobs, type Planned, serveJobs } from "./all.ts";
export type { Backend } from "./backends/backend.ts";
export { type Cancelled, cancelJobs } from "./cancel.ts";
export { FarmError, JobFolder, type JobSpec, type Json, jobName, type Plan, type PlanOptions } from "./plan.ts";
export { backendOf, type FarmRun, runJobs } from "./run.ts";
export { type Status, statusOf } from "./status.ts";
export { checkVersions, type Probes, sourceVersion } from "./version.ts";
export { type Compute, endThis, type WorkDone, work } from "./work.ts";
