// A worker for the tests: squares numbers, and fails in the ways that a job can fail.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { register } from "tsx/esm/api";

register();
const { serveJobs } = await import(new URL("./index.ts", import.meta.url).href);
const kinds = new Map([
  ["square", ({ n }) => n * n],
  ["slow", ({ n, ms }) => new Promise((done) => setTimeout(() => done(n), ms))],
  ["large", ({ n }) => "x".repeat(n)],
  [
    "throws",
    () => {
      throw new Error("this job always fails");
    },
  ],
  // Dies without a word at the first try.
  [
    "dies",
    ({ n }, folder) => {
      const mark = join(folder.path, "logs", `died-${n}`);
      if (!existsSync(mark)) {
        writeFileSync(mark, "");
        process.kill(process.pid, "SIGKILL");
      }
      return n;
    },
  ],
]);
process.exitCode = await serveJobs(process.argv.slice(2), kinds);
