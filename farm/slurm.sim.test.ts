// Against a real Slurm that scripts/slurm-local starts on this host.
import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { backendOf, cancelJobs, JobFolder, type JobSpec, runJobs, statusOf } from "./index.ts";

process.env.PATH += `${delimiter}/usr/sbin`;
const has = (program: string) => process.env.PATH!.split(delimiter).some((d) => existsSync(join(d, program)));
const missing = ["slurmctld", "slurmd", "munged", "sbatch"].filter((p) => !has(p));
const script = fileURLToPath(new URL("../scripts/slurm-local", import.meta.url));

const root = mkdtempSync(join(tmpdir(), "addernet-slurm-"));
const state = join(root, "slurm");
let made = 0;
const fresh = () => join(root, `jobs ${made++} 100%`);

const worker = [process.execPath, fileURLToPath(new URL("./sample-worker.mjs", import.meta.url))];
const create = (dir: string, specs: readonly JobSpec[], more: object = {}) =>
  JobFolder.create(dir, specs, { title: "t", worker, tools: { sample: "1" }, seconds: 1, secondsAWorker: 10, ...more });
const squares = (n: number, from = 0): JobSpec[] =>
  Array.from({ length: n }, (_, i) => ({ kind: "square", input: { n: from + i } }));
const slurmSays = (program: string, ...args: string[]) => execFileSync(program, args, { encoding: "utf8" });
const queued = () => slurmSays("squeue", "--noheader").trim();
async function until(what: () => boolean, seconds = 60): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !what(); await sleep(100))
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain; ${queued()}`);
}

describe.skipIf(missing.length > 0)(`slurm${missing.length > 0 ? ` (missing: ${missing.join(", ")})` : ""}`, () => {
  beforeAll(() => {
    mkdirSync(state);
    process.env.SLURM_CONF = execFileSync(script, ["up", state, "2"], { encoding: "utf8" }).trim();
  }, 60_000);
  afterAll(() => {
    execFileSync(script, ["down", state]);
    rmSync(root, { recursive: true, force: true });
  }, 60_000);

  it.each(inject("nightly") === true ? [40, 200] : [40])(
    "does %i jobs with the answer of the serial run",
    async (jobs) => {
      const [here, there] = [create(fresh(), squares(jobs)), create(fresh(), squares(jobs), { workers: 8 })];
      await runJobs(here, await backendOf("local:1"));
      await runJobs(there, await backendOf("slurm"));
      expect(JSON.stringify(there.collect())).toBe(JSON.stringify(here.collect()));
      await until(() => queued() === "");
      await runJobs(there, await backendOf("slurm"));
    },
    180_000,
  );

  it("finishes where workers are killed, and where a result is written by half", async () => {
    const f = create(
      fresh(),
      [1, 2, 3, 4].map((n) => ({ kind: "dies", input: { n } })),
      { workers: 4, secondsAWorker: 1 },
    );
    const name = f.jobs[0]!.name;
    mkdirSync(join(f.path, "results", name.slice(0, 2)), { recursive: true });
    writeFileSync(join(f.path, "results", name.slice(0, 2), `${name}.json`), `{"name":"${name}","va`);
    await runJobs(f, await backendOf("slurm"));
    expect(f.collect().map((r) => r.value)).toEqual([1, 2, 3, 4]);
  }, 180_000);

  it("goes on where a node is set down in mid-run", async () => {
    const specs = Array.from({ length: 4 }, (_, n): JobSpec => ({ kind: "slow", input: { n, ms: 4000 } }));
    const f = create(fresh(), specs, { secondsAWorker: 1, workers: 4 });
    const run = runJobs(f, await backendOf("slurm"));
    await until(() => readdirSync(join(f.path, "workers")).length === 4);
    slurmSays("scontrol", "update", "NodeName=n1", "State=DOWN", "Reason=test");
    await sleep(1000);
    // It may have come back to service by itself.
    if (/^down/m.test(slurmSays("sinfo", "--noheader", "--Node", "--format=%T")))
      slurmSays("scontrol", "update", "NodeName=n1", "State=RESUME");
    await run;
    expect(f.collect().map((r) => r.value)).toEqual([0, 1, 2, 3]);
    // Slurm tells on its own that it ran them again.
    expect(slurmSays("scontrol", "show", "job")).toMatch(/Restarts=1/);
  }, 180_000);

  it("says what a job said that fails each time", async () => {
    const f = create(fresh(), [{ kind: "throws", input: 1 }, ...squares(3)], { tries: 2 });
    await runJobs(f, await backendOf("slurm"));
    expect(() => f.collect()).toThrow(/failed 2 times: Error: this job always fails/);
    expect(statusOf(f)).toMatchObject({ jobs: 4, done: 3, failed: [{ tries: 2 }] });
  }, 180_000);

  it("leaves no job behind when it is cancelled, from here or by its folder", async () => {
    const slow = (n: number): JobSpec[] => [{ kind: "slow", input: { n, ms: 120_000 } }];
    const f = create(fresh(), slow(1));
    const stop = new AbortController();
    const run = runJobs(f, await backendOf("slurm"), { signal: stop.signal });
    await until(() => readdirSync(join(f.path, "workers")).length === 1);
    stop.abort();
    await expect(run).rejects.toThrow("cancelled");
    await until(() => queued() === "");
    const g = create(fresh(), slow(2));
    const other = runJobs(g, await backendOf("slurm")).catch((e: Error) => e.message);
    await until(() => readdirSync(join(g.path, "workers")).length === 1);
    expect((await cancelJobs(g)).submissions).toBe(1);
    expect(await other).toBe("cancelled");
    await until(() => queued() === "");
    expect(slurmSays("ps", "-eo", "args")).not.toContain(g.path);
  }, 180_000);

  it("does again what somebody cancelled by scancel alone", async () => {
    const f = create(fresh(), [{ kind: "slow", input: { n: 9, ms: 3000 } }]);
    const run = runJobs(f, await backendOf("slurm"));
    await until(() => readdirSync(join(f.path, "workers")).length === 1);
    const id = readdirSync(join(f.path, "submissions")).find((n) => n.endsWith(".id"))!;
    slurmSays("scancel", readFileSync(join(f.path, "submissions", id), "utf8").trim());
    await run;
    expect(f.collect().map((r) => r.value)).toEqual([9]);
    expect(readdirSync(join(f.path, "submissions")).filter((n) => n.endsWith(".id"))).toHaveLength(2);
    await until(() => queued() === "");
  }, 180_000);

  it("has a worker of the same index twice, on both nodes", async () => {
    const f = create(fresh(), squares(30), { workers: 1, seconds: 0.1 });
    const twice = ["n1", "n2"].map(
      (node) =>
        new Promise<number | null>((done) => {
          const args = ["--nodelist", node, "--ntasks=1", "--quiet", ...worker, f.path, "--index", "0"];
          spawn("srun", args, { stdio: "inherit" }).on("close", done);
        }),
    );
    expect(await Promise.all(twice)).toEqual([0, 0]);
    expect(f.collect().map((r) => r.value)).toEqual(squares(30).map((_, n) => n * n));
    expect(readdirSync(join(f.path, "workers"))).toEqual([]);
    await until(() => queued() === "");
  }, 180_000);

  it("says why a result cannot be written, and keeps those that could", async () => {
    // A limit of the file system's place for one file stands for a full disk: 512 or 1024 bytes a unit, as the shell has it.
    const limited = ["/bin/sh", "-c", 'ulimit -f 64; exec "$@"', "sh", ...worker];
    const f = create(fresh(), [...squares(2), { kind: "large", input: { n: 100_000 } }], { worker: limited, tries: 1 });
    await expect(runJobs(f, await backendOf("slurm"))).rejects.toThrow(
      /end without a result.*cannot be written.*the file is larger than allowed here/,
    );
    expect(f.jobs.map((j) => f.result(j.name)?.value)).toEqual([0, 1, undefined]);
    expect(readdirSync(f.path, { recursive: true }).filter((n) => String(n).endsWith(".part"))).toEqual([]);
    await until(() => queued() === "");
  }, 180_000);

  it("takes no result of another version, which stays in the folder", async () => {
    const dir = fresh();
    await runJobs(create(dir, squares(2)), await backendOf("slurm"));
    const other = JobFolder.create(
      dir,
      squares(2),
      { ...{ title: "t", worker, tools: { sample: "2" } }, seconds: 1 },
      true,
    );
    expect(other.jobs.map((j) => other.result(j.name))).toEqual([undefined, undefined]);
    await runJobs(other, await backendOf("slurm"));
    expect(other.collect().map((r) => r.value)).toEqual([0, 1]);
    const kept = readdirSync(join(dir, "results"), { recursive: true }).filter((n) => String(n).endsWith(".json"));
    expect(kept).toHaveLength(4);
  }, 180_000);

  it("says that the options are wrong, the folder is not shared, Slurm is away", async () => {
    await expect(
      runJobs(create(fresh(), squares(1)), await backendOf("slurm", { options: "--partition=none" })),
    ).rejects.toThrow(/sbatch refused.*partition/is);
    await expect(backendOf("slurm", { options: "'--comment=a" })).rejects.toThrow(
      "--farm-options: a quote is not closed",
    );
    const conf = process.env.SLURM_CONF;
    // Of a file that is missing Slurm's programs wait for a minute whether it comes.
    process.env.SLURM_CONF = join(root, "empty.conf");
    writeFileSync(process.env.SLURM_CONF, "");
    await expect(backendOf("slurm")).rejects.toThrow("Slurm does not answer");
    process.env.SLURM_CONF = conf;
    const f = create(fresh(), squares(1));
    // Moved away under its command: what the nodes then find under this path is not the folder.
    renameSync(f.path, `${f.path} moved`);
    await expect(runJobs(f, await backendOf("slurm"))).rejects.toThrow("cannot be read on the node");
  }, 180_000);

  it("takes more workers than an array may have", async () => {
    const f = create(fresh(), squares(24), { seconds: 100, workers: 24 });
    expect(f.workers).toBe(24);
    expect(Number(/MaxArraySize\s*=\s*(\d+)/.exec(slurmSays("scontrol", "show", "config"))![1])).toBeLessThan(24);
    await runJobs(f, await backendOf("slurm"));
    expect(f.collect()).toHaveLength(24);
    expect(readdirSync(join(f.path, "submissions")).filter((n) => n.endsWith(".id"))).toHaveLength(2);
  }, 180_000);

  it("writes a log for each task", () => {
    const logs = readdirSync(join(root, "jobs 1 100%", "logs"));
    expect(logs.length).toBeGreaterThan(0);
    for (const l of logs) expect(readFileSync(join(root, "jobs 1 100%", "logs", l), "utf8")).toBe("");
  });
});
