// A worker for the tests: squares numbers, and fails in the ways that a job can fail.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { register } from "tsx/esm/api";

register();
const { serveJobs } = await import(new URL("./index.ts", import.meta.url).href);
/** Work for a processor: additions that no compiler leaves out. */
function spin({ n, turns }) {
  let sum = n;
  for (let i = 0; i < turns; i++) sum = (sum + i) | 0;
  return sum;
}
const kinds = new Map([
  ["spin", spin],
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
if (process.argv[2] === "--spin") {
  // The same work without any farm, for bench/farm.ts: seconds of N times TURNS.
  const from = performance.now();
  for (let n = 0; n < Number(process.argv[3]); n++) spin({ n, turns: Number(process.argv[4]) });
  console.log((performance.now() - from) / 1000);
} else process.exitCode = await serveJobs(process.argv.slice(2), kinds);
