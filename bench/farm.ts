// What the farm costs: overhead of a job, speed-up on two cores, planning and collecting, files a job; from one run.
//
//   npm run bench -- farm [--json]
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FarmJobs, farmJobs, JobFolder } from "../farm/index.ts";

const root = join(import.meta.dirname, "..");
const dir = mkdtempSync(join(tmpdir(), "addernet-bench-farm-"));
const worker = [process.execPath, join(root, "farm/sample-worker.mjs")];
const json = process.argv.includes("--json");
const timed = async <T>(what: () => T | Promise<T>): Promise<[number, T]> => {
  const from = performance.now();
  const value = await what();
  return [(performance.now() - from) / 1000, value];
};
let made = 0;
const fresh = () => join(dir, String(made++));
const jobs = (n: number, kind: string, input: (i: number) => object, more: Partial<FarmJobs> = {}): FarmJobs => ({
  folder: fresh(),
  specs: Array.from({ length: n }, (_, i) => ({ kind, input: input(i) as { n: number } })),
  ...{ title: "bench", worker, tools: {}, seconds: 1, secondsAWorker: 1 },
  ...more,
});

try {
  const found: Record<string, number | null> = {};
  // A job alone: start of its worker, a folder, results; against the same work without any farm.
  const spins = { seconds: 1, secondsAWorker: 1 };
  const load = (i: number) => ({ n: i, turns: 3e8 });
  const one = await timed(() => farmJobs(jobs(8, "spin", load, { ...spins, where: { farm: "local:1" } })));
  const two = await timed(() => farmJobs(jobs(8, "spin", load, { ...spins, where: { farm: "local:2" } })));
  const alone = spawnSync(
    process.execPath,
    [join(root, "farm/sample-worker.mjs"), "--spin", "8", String(load(0).turns)],
    { encoding: "utf8" },
  );
  if (alone.status !== 0) throw new Error(alone.stderr);
  const serial = Number(alone.stdout);
  found.jobSecondsAlone = serial / 8;
  found.overheadSecondsAJob = (one[0] - serial) / 8;
  found.speedUpOfTwoCores = one[0] / two[0];

  // Ten thousand jobs that cost nothing, all done by one worker: what the folder itself costs.
  const many = jobs(10_000, "square", (n) => ({ n }), { seconds: 1e-3, secondsAWorker: 1e6 });
  const [planned, folder] = await timed(() => JobFolder.create(many.folder, many.specs, many));
  found.planSeconds = planned;
  found.planBytesAJob = statSync(join(folder.path, "jobs.jsonl")).size / 10_000;
  [found.workSecondsAJob] = await timed(() =>
    execFileSync(worker[0]!, [...worker.slice(1), folder.path, "--index", "0"]),
  );
  found.workSecondsAJob /= 10_000;
  [found.openSeconds] = await timed(() => JobFolder.open(folder.path).open());
  [found.collectSeconds] = await timed(() => JobFolder.open(folder.path).collect());

  // Operations on the file system that a worker makes for each job; one of 200 jobs against one of 100.
  const operations = (n: number): number | null => {
    const few = jobs(n, "square", (i) => ({ n: i }), { seconds: 1e-3, secondsAWorker: 1e6 });
    const f = JobFolder.create(few.folder, few.specs, few);
    const trace = join(dir, `trace-${n}`);
    const args = [
      "-f",
      "-qq",
      "-e",
      "trace=file,write,fsync,pwrite64,utimensat",
      "-o",
      trace,
      ...worker,
      f.path,
      "--index",
      "0",
    ];
    if (spawnSync("strace", args).status !== 0) return null;
    return readFileSync(trace, "utf8")
      .split("\n")
      .filter((l) => l.includes(f.path) || /\bwrite\(/.test(l)).length;
  };
  const [few, more] = [operations(100), operations(200)];
  found.fileOperationsAJob = few === null || more === null ? null : (more - few) / 100;

  if (json) console.log(JSON.stringify(found));
  else
    for (const [name, v] of Object.entries(found))
      console.log(
        `${name.padEnd(24)} ${v === null ? "not measured: strace is not installed" : Number(v.toPrecision(3))}`,
      );
} finally {
  rmSync(dir, { recursive: true, force: true });
}
