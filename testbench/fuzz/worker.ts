// A worker of `npm run fuzz -- --farm`: worker.ts DIR --index N
import { serveJobs } from "../../farm/index.ts";
import { withScratch } from "./cache.ts";
import { fuzzKinds, fuzzProbes } from "./farm.ts";

process.exitCode = await withScratch(() => serveJobs(process.argv.slice(2), fuzzKinds, fuzzProbes));
