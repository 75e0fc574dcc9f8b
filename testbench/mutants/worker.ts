// A worker of `npm run mutants -- --farm`: worker.ts DIR --index N
import { serveJobs } from "../../farm/index.ts";
import { mutantKinds, mutantProbes, removeCopies } from "./farm.ts";

const args = process.argv.slice(2);
try {
  process.exitCode = await serveJobs(args, mutantKinds, mutantProbes(args[0] ?? ""));
} finally {
  removeCopies();
}
