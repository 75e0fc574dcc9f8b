import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { commandOf, shellWord, words } from "./backends/processes.ts";
import {
  backendOf,
  cancelJobs,
  FarmError,
  farmJobs,
  JobFolder,
  type JobSpec,
  jobName,
  runJobs,
  statusOf,
  work,
} from "./index.ts";
import { canonical, chunkOf } from "./plan.ts";

const root = mkdtempSync(join(tmpdir(), "addernet farm-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
const fresh = () => join(root, `it's ${made++}`);

const worker = [process.execPath, fileURLToPath(new URL("./sample-worker.mjs", import.meta.url))];
const tools = { sample: "1" };
const squares = (n: number): JobSpec[] => Array.from({ length: n }, (_, i) => ({ kind: "square", input: { n: i } }));
const plan = (dir: string, specs: readonly JobSpec[], more: object = {}, resume = false) =>
  JobFolder.create(dir, specs, { title: "squares", worker, tools, seconds: 1, secondsAWorker: 4, ...more }, resume);
const values = (f: JobFolder) => f.collect().map((r) => r.value);
const kinds = new Map([["square", (input: unknown) => (input as { n: number }).n ** 2]]);

describe("plan", () => {
  it("names a job by kind, input and tools, not by the order of keys", () => {
    const name = (input: JobSpec["input"], t = tools) => jobName({ kind: "k", input }, t);
    expect(name({ a: 1, b: [2, null] })).toBe(name({ b: [2, null], a: 1 }));
    expect(name({ a: 1 })).not.toBe(name({ a: 2 }));
    expect(name({ a: 1 })).not.toBe(name({ a: 1 }, { sample: "2" }));
    expect(canonical({ b: { d: 1, c: "x" }, a: true })).toBe('{"a":true,"b":{"c":"x","d":1}}');
  });

  it("puts short jobs together, but leaves each worker some", () => {
    const o = { title: "", worker, tools, secondsAWorker: 10 };
    expect(chunkOf(1000, { ...o, seconds: 1, workers: 2 })).toBe(10);
    expect(chunkOf(1000, { ...o, seconds: 60, workers: 2 })).toBe(1);
    expect(chunkOf(6, { ...o, seconds: 0.1, workers: 3 })).toBe(2);
  });

  it("is the same file for the same jobs, and resumed", () => {
    const dir = fresh();
    plan(dir, squares(5));
    const before = readFileSync(join(dir, "jobs.jsonl"), "utf8");
    plan(dir, squares(5));
    expect(readFileSync(join(dir, "jobs.jsonl"), "utf8")).toBe(before);
    expect(() => plan(dir, squares(6))).toThrow("holds the plan of other jobs");
    expect(plan(dir, squares(6), {}, true).plan.jobs).toBe(6);
  });

  it("grows where more jobs follow from results: the longer plan counts, whichever is asked for", async () => {
    const dir = fresh();
    const grow = (n: number) => plan(dir, squares(n), { grows: true });
    expect([2, 5, 2, 3].map((n) => grow(n).jobs.length)).toEqual([2, 5, 5, 5]);
    const f = grow(2);
    for (let i = 0; i < f.workers; i++) await work(f, i, kinds);
    expect(f.collect(2).map((r) => r.value)).toEqual([0, 1]);
    expect(() => plan(dir, squares(6).slice(1), { grows: true })).toThrow("holds the plan of other jobs");
    expect(() => plan(dir, squares(2))).toThrow("holds the plan of other jobs");
  });

  it("refuses a folder of somebody else, twice the same job, damaged files", () => {
    const dir = fresh();
    mkdirSync(dir);
    writeFileSync(join(dir, "thesis.tex"), "");
    expect(() => plan(dir, squares(2))).toThrow("holds files that no plan wrote");
    expect(() => plan(fresh(), [...squares(2), ...squares(1)])).toThrow("two jobs are the same");
    expect(() => JobFolder.open(join(root, "nowhere"))).toThrow("is no folder of jobs");
    const good = fresh();
    plan(good, squares(3));
    const lines = readFileSync(join(good, "jobs.jsonl"), "utf8").split("\n");
    writeFileSync(join(good, "jobs.jsonl"), [lines[0], lines[1]!.slice(0, 20), lines[2], ""].join("\n"));
    expect(() => JobFolder.open(good).jobs).toThrow("is damaged in line 2");
    writeFileSync(join(good, "plan.json"), "{");
    expect(() => JobFolder.open(good)).toThrow("plan.json is damaged");
  });

  it("keeps input files by their hash and notices a changed one", () => {
    const dir = fresh();
    const hash = JobFolder.store(dir, "weights");
    const f = plan(dir, [{ kind: "square", input: { n: 3, hash } }]);
    expect(f.input(hash).toString()).toBe("weights");
    writeFileSync(join(dir, "inputs", hash), "other");
    expect(() => f.input(hash)).toThrow("is damaged");
    expect(() => f.input("../../plan.json")).toThrow("is not a hash");
  });
});

describe("farmJobs", () => {
  const ask = (folder: string, n: number, more: object = {}) =>
    farmJobs({
      folder,
      specs: squares(n),
      title: "squares",
      worker,
      tools,
      seconds: 1,
      where: { farm: "local:2" },
      ...more,
    });

  it("takes jobs and gives results in their order; again, and with fewer jobs, nothing is computed", async () => {
    const dir = fresh();
    const dry = await ask(dir, 6, { dryRun: true });
    expect(dry.results).toBeUndefined();
    expect(dry.plan).toMatchObject({ folder: dir, jobs: 6, open: [0, 1], command: [...worker, dir, "--index"] });
    const first = await ask(dir, 6);
    expect(first).toMatchObject({ results: [0, 1, 4, 9, 16, 25], backend: "2 processes", parallel: 2 });
    expect((await ask(dir, 6)).plan.open).toEqual([]);
    await expect(ask(dir, 3)).rejects.toThrow("holds the plan of other jobs");
    expect(await ask(dir, 3, { resume: true })).toMatchObject({ results: [0, 1, 4], plan: { open: [] } });
  }, 60_000);

  it("has workers that say how they are started", () => {
    const r = spawnSync(worker[0]!, [...worker.slice(1), "somewhere"], { encoding: "utf8" });
    expect([r.status, r.stderr]).toEqual([2, "a worker takes: DIR --index N\n"]);
  });

  it("plans 10,000 jobs without looking at each file", () => {
    const specs = squares(10_000);
    const started = performance.now();
    const f = plan(fresh(), specs, { workers: 100 });
    const planned = performance.now();
    expect(f.open()).toHaveLength(f.workers);
    const looked = performance.now();
    console.log(
      `10,000 jobs: planned in ${Math.round(planned - started)} ms, looked through in ${Math.round(looked - planned)} ms`,
    );
    expect(readdirSync(join(f.path, "results"))).toEqual([]);
    expect(readFileSync(join(f.path, "jobs.jsonl"), "utf8").split("\n")).toHaveLength(10_001);
  });
});

// A small file system of its own needs a user namespace, which some machines refuse.
const small = ["-rm", "sh", "-c", 'mount -t tmpfs -o size=256k none "$0" && exec "$@"'];
const namespaces = spawnSync("unshare", [...small, root, "true"]).status === 0;
describe(`a full disk${namespaces ? "" : " (skipped: unshare may not mount a small file system here)"}`, () => {
  it.skipIf(!namespaces)(
    "ends with a message that says so, and loses nothing that was written",
    () => {
      const dir = fresh();
      mkdirSync(dir);
      const program = join(root, "large.mjs");
      const specs = Array.from({ length: 8 }, (_, i) => ({ kind: "large", input: { n: 40_000 + i } }));
      writeFileSync(
        program,
        `const { farmJobs, JobFolder } = await import(${JSON.stringify(new URL("./index.ts", import.meta.url).href)});
       const folder = ${JSON.stringify(join(dir, "jobs"))};
       const o = { folder, specs: ${JSON.stringify(specs)}, title: "t", worker: ${JSON.stringify(worker)}, tools: {}, seconds: 10, tries: 1 };
       const e = await farmJobs({ ...o, where: { farm: "local:1" } }).catch((e) => e);
       const f = JobFolder.open(folder);
       const done = f.jobs.filter((j) => f.result(j.name)).length;
       console.log(JSON.stringify({ message: e.message, hint: e.hint, done, open: f.open().length }));`,
      );
      const at = join(import.meta.dirname, "..");
      const said = execFileSync("unshare", [...small, dir, process.execPath, "--import", "tsx", program], {
        encoding: "utf8",
        cwd: at,
        env: { ...process.env, NODE_PATH: join(at, "node_modules") },
      });
      const { message, done, open } = JSON.parse(said);
      expect(message).toContain("the disk is full");
      expect(done).toBeGreaterThan(2);
      expect(done + open).toBe(8);
    },
    60_000,
  );
});

describe("work", () => {
  it("does only what is missing; a half-written, foreign or damaged result counts as missing", async () => {
    const f = plan(fresh(), squares(4), { seconds: 1 });
    expect(await work(f, 0, kinds)).toEqual({ computed: 4, there: 0, failed: 0 });
    const [a, b, c] = f.jobs;
    const file = (name: string) => join(f.path, "results", name.slice(0, 2), `${name}.json`);
    writeFileSync(file(a!.name), readFileSync(file(a!.name), "utf8").slice(0, -3));
    writeFileSync(file(b!.name), readFileSync(file(c!.name)));
    expect(() => f.collect()).toThrow("2 of 4 results are missing");
    expect(f.open()).toEqual([0]);
    expect(await work(f, 0, kinds)).toEqual({ computed: 2, there: 2, failed: 0 });
    expect(values(f)).toEqual([0, 1, 4, 9]);
    expect(readdirSync(join(f.path, "workers"))).toEqual([]);
  });

  it("never takes a result of other tools", async () => {
    const dir = fresh();
    await work(plan(dir, squares(2)), 0, kinds);
    const other = JobFolder.create(dir, squares(2), { title: "", worker, tools: { sample: "2" }, seconds: 1 }, true);
    expect(other.open()).toEqual([0, 1].slice(0, other.workers));
  });

  it("records a job that throws with the end of what it said, and does the others", async () => {
    const f = plan(fresh(), [{ kind: "throws", input: 1 }, ...squares(2)], { tries: 2 });
    const some = new Map([
      ...kinds,
      [
        "throws",
        () => {
          throw new Error(`${"x".repeat(9000)} at the end`);
        },
      ] as const,
    ]);
    expect(await work(f, 0, some)).toEqual({ computed: 2, there: 0, failed: 1 });
    expect(await work(f, 0, some)).toEqual({ computed: 0, there: 2, failed: 1 });
    const failure = f.failure(f.jobs[0]!.name)!;
    expect([failure.tries, failure.message.length <= 4000]).toEqual([2, true]);
    expect(f.open()).toEqual([]);
    expect(() => f.collect()).toThrow(/1 of 3 results are missing[\s\S]*failed 2 times/);
    expect(statusOf(f).failed.map((j) => j.tries)).toEqual([2]);
    f.forgetFailures();
    expect(f.open()).toEqual([0]);
  });

  it("refuses an index that is not there and a kind it does not know", async () => {
    const f = plan(fresh(), squares(1));
    await expect(work(f, 1, kinds)).rejects.toThrow("there is no index 1");
    await expect(work(f, 0, new Map())).rejects.toThrow("no jobs of the kind square");
  });

  it.skipIf(process.getuid?.() === 0)("says where a result cannot be written", async () => {
    const f = plan(fresh(), squares(1));
    const shard = join(f.path, "results", f.jobs[0]!.name.slice(0, 2));
    chmodSync(shard, 0o500);
    await expect(work(f, 0, kinds)).rejects.toThrow("cannot be written");
    chmodSync(shard, 0o700);
  });

  it("shows who works and who is dead", () => {
    const f = plan(fresh(), squares(2));
    const sign = (name: string, age: number) => {
      const path = join(f.path, "workers", name);
      writeFileSync(path, JSON.stringify({ index: 0, host: "h", pid: 1 }));
      const at = new Date(Date.now() - age * 1000);
      utimesSync(path, at, at);
    };
    sign("0.h.1.json", 1);
    sign("0.h.2.json", 300);
    const s = statusOf(f);
    expect([s.running.length, s.dead.length, s.done, s.left]).toEqual([1, 1, 0, undefined]);
  });
});

describe("backends", () => {
  it("splits a prefix into words without a shell and quotes for ssh", () => {
    expect(words(`ssh -o "a b" host\\ x 'c"d' e`)).toEqual(["ssh", "-o", "a b", "host x", 'c"d', "e"]);
    expect(words("  ")).toEqual([]);
    expect(() => words("ssh 'host")).toThrow("not closed");
    expect([shellWord("a/b-c.1"), shellWord("it's $HOME")]).toEqual(["a/b-c.1", "'it'\\''s $HOME'"]);
    const f = plan(fresh(), squares(1));
    expect(commandOf(["srun"], f, 0)).toEqual(["srun", ...worker, f.path, "--index", "0"]);
    expect(commandOf(["/usr/bin/ssh", "h"], f, 0).at(-3)).toBe(shellWord(f.path));
    expect(commandOf(["timeout", "9", "ssh", "h", "ssh", "i"], f, 0).at(-3)).toBe(shellWord(shellWord(f.path)));
    expect(() => commandOf(["bsub", "-I"], f, 0)).toThrow("no path may have spaces or quotes");
  });

  // Programs of these names that do what the real ones do with their words: what follows runs in another process, in
  // another folder, without anything of this environment.
  const bin = join(root, "bin");
  const program = (name: string, body: string) => {
    mkdirSync(bin, { recursive: true });
    const far = join(root, "far away");
    mkdirSync(far, { recursive: true });
    const text = `#!/bin/bash\n# $@ after the options\n${body}`.replaceAll(
      "CLEAN",
      `cd ${shellWord(far)}; env -i PATH=/usr/bin:/bin`,
    );
    writeFileSync(join(bin, name), text, { mode: 0o755 });
  };
  const behind = async (prefix: string, f: JobFolder, signal?: AbortSignal) => {
    const path = process.env.PATH;
    process.env.PATH = `${bin}${delimiter}${path}`;
    try {
      await runJobs(f, await backendOf(prefix, { parallel: 2 }), signal ? { signal } : {});
    } finally {
      process.env.PATH = path;
    }
  };

  it("works behind ssh, docker and bsub, which read and join words in their own ways", async () => {
    program("ssh", 'while [[ $1 == -* ]]; do shift 2; done\n[ "$1" = host ] || exit 255\nshift\nCLEAN sh -c "$*"\n');
    program("docker", '[ "$1" = run ] && [ "$2" = --rm ] && [ "$3" = -v ] || exit 125\nshift 5\nCLEAN "$@"\n');
    program("bsub", '[ "$1" = -I ] || exit 255\nshift\nCLEAN sh -c "$*"\n');
    for (const prefix of ["ssh -o BatchMode=yes host", 'docker run --rm -v "/a b:/a b" image']) {
      const f = plan(fresh(), [...squares(3), { kind: "dies", input: { n: 7 } }], { workers: 2 });
      await behind(prefix, f);
      expect(values(f), prefix).toEqual([0, 1, 4, 7]);
    }
    const spaced = plan(fresh(), squares(2));
    await expect(behind("bsub -I", spaced)).rejects.toThrow("no path may have spaces or quotes");
    const dir = mkdtempSync(join(tmpdir(), "addernet-farm-"));
    try {
      const f = plan(join(dir, "jobs"), squares(3), { workers: 2 });
      await behind("bsub -I", f);
      expect(values(f)).toEqual([0, 1, 4]);
      await expect(behind("ssh nowhere", plan(join(dir, "none"), squares(1)))).rejects.toThrow("exit code 255");
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }, 60_000);

  it("cancels workers that outlive the program in front of them, as they do at the other end of ssh", async () => {
    // sshd has processes of its own: what it runs does not end with the client.
    program("ssh", 'shift\nCLEAN setsid --wait sh -c "$*" >/dev/null 2>&1\n');
    const f = plan(fresh(), [{ kind: "slow", input: { n: 1, ms: 60_000 } }]);
    const stop = new AbortController();
    const run = behind("ssh host", f, stop.signal);
    const workers = () => readdirSync(join(f.path, "workers")).filter((w) => w.endsWith(".json"));
    while (workers().length === 0) await new Promise((r) => setTimeout(r, 50));
    const { pid } = JSON.parse(readFileSync(join(f.path, "workers", workers()[0]!), "utf8"));
    stop.abort();
    await expect(run).rejects.toThrow("cancelled");
    const gone = () => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    };
    expect(gone()).toBe(false);
    for (let n = 0; n < 150 && !gone(); n++) await new Promise((r) => setTimeout(r, 100));
    expect(gone()).toBe(true);
  }, 60_000);

  it("refuses what is no backend", async () => {
    await expect(backendOf("local:0")).rejects.toThrow("from 1 up");
    await expect(backendOf(" ")).rejects.toThrow("is empty");
    await expect(backendOf("local", { options: "-p x" })).rejects.toThrow("are Slurm's");
  });

  it("gives the same with one worker, with three, behind a prefix, and after some of them died", async () => {
    const specs = [...squares(12), ...[1, 2, 3].map((n): JobSpec => ({ kind: "dies", input: { n } }))];
    const answers: string[] = [];
    for (const farm of ["local:1", "local:3", "env -u NOTHING"]) {
      const f = plan(fresh(), specs, { workers: 3 });
      const seen: number[] = [];
      await runJobs(f, await backendOf(farm, { parallel: 2 }), { onProgress: (s) => seen.push(s.done) });
      expect(seen.at(-1)).toBe(15);
      answers.push(JSON.stringify(f.collect()));
    }
    expect(new Set(answers).size).toBe(1);
  }, 60_000);

  it("gives up on a job after its tries, and on workers that never give anything", async () => {
    const f = plan(fresh(), [{ kind: "throws", input: 1 }, ...squares(2)], { tries: 2 });
    await runJobs(f, await backendOf("local:2"));
    expect(f.failure(f.jobs[0]!.name)?.message).toContain("this job always fails");
    const none = plan(fresh(), squares(2), { tries: 2 });
    await expect(runJobs(none, await backendOf("false"))).rejects.toThrow("end without a result");
    await expect(runJobs(none, await backendOf("no-such-program-here"))).rejects.toThrow("ENOENT");
  }, 60_000);

  it("leaves nothing running when it is cancelled", async () => {
    const f = plan(fresh(), [{ kind: "slow", input: { n: 1, ms: 60_000 } }]);
    const stop = new AbortController();
    const run = runJobs(f, await backendOf("local:1"), { signal: stop.signal });
    while (readdirSync(join(f.path, "workers")).length === 0) await new Promise((r) => setTimeout(r, 50));
    const { pid } = JSON.parse(readFileSync(join(f.path, "workers", readdirSync(join(f.path, "workers"))[0]!), "utf8"));
    stop.abort();
    await expect(run).rejects.toThrow(FarmError);
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");
  }, 60_000);

  it("is cancelled through its folder by another process, and goes on afterwards", async () => {
    const f = plan(fresh(), [{ kind: "slow", input: { n: 1, ms: 2000 } }]);
    const run = runJobs(f, await backendOf("local:1"));
    while (readdirSync(join(f.path, "workers")).length === 0) await new Promise((r) => setTimeout(r, 50));
    expect(await cancelJobs(f)).toEqual({ submissions: 0, processes: 1, elsewhere: [] });
    await expect(run).rejects.toThrow("cancelled");
    await runJobs(f, await backendOf("local:1"));
    expect(values(f)).toEqual([1]);
  }, 60_000);

  it("starts the same index twice without harm", async () => {
    const f = plan(fresh(), squares(4));
    const twice = [0, 1].map(
      () =>
        new Promise<number | null>((done) => {
          spawn(worker[0]!, [...worker.slice(1), f.path, "--index", "0"], { stdio: "inherit" }).on("close", done);
        }),
    );
    expect(await Promise.all(twice)).toEqual([0, 0]);
    expect(values(f)).toEqual([0, 1, 4, 9]);
  }, 60_000);
});
