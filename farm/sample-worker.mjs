// A worker for the tests: squares numbers, and fails in the ways that a job can fail.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { register } from "tsx/esm/api";

register();
const { JobFolder, work } = await import(new URL("./index.ts", import.meta.url).href);
const [, , dir, , index] = process.argv;
const kinds = new Map([
  ["square", ({ n }) => n * n],
  ["slow", ({ n, ms }) => new Promise((done) => setTimeout(() => done(n), ms))],
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
const folder = JobFolder.open(dir);
const r = await work(folder, Number(index), kinds);
process.exitCode = r.failed > 0 ? 1 : 0;
