// A plan is a list of jobs in a folder that one can look into:
//
//   plan.json               what the jobs are, the command that works on them, versions of the tools
//   jobs.jsonl              one line a job: name, kind, input
//   inputs/<sha256>         files that jobs read
//   results/<ab>/<name>.json  what a job gave; written beside and renamed, so that it is whole or not there
//   failed/<name>.json      how the last try of a job ended that failed
//   cancelled               there once somebody cancelled the work
//   workers/<id>.json       who works on which jobs now; its time of change is a heartbeat
//
// A job's name is the hash of all that its result follows from: kind, input, hashes of the files it reads, versions of
// the tools. So a result that is there need not be computed again, and one of another version is never taken.
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** Any value that survives a JSON text. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface JobSpec {
  /** Chooses the function that computes it, see `work`. */
  readonly kind: string;
  readonly input: Json;
}

export interface Job extends JobSpec {
  /** 32 hexadecimal digits. */
  readonly name: string;
}

const planSchema = z.strictObject({
  format: z.literal("addernet-farm/1"),
  title: z.string(),
  /** Program and arguments that `DIR --index N` is added to. */
  worker: z.array(z.string()).min(1),
  /** Whatever results depend on beside the input: versions of tools and of this compiler. */
  tools: z.record(z.string(), z.string()),
  jobs: z.int().min(0),
  /** Jobs that one worker takes, one after the other: those from index * chunk on. */
  chunk: z.int().min(1),
  /** Tries of a job before it counts as failed. */
  tries: z.int().min(1),
});
export type Plan = z.output<typeof planSchema>;

const jobSchema = z.strictObject({ name: z.string().regex(/^[0-9a-f]{32}$/), kind: z.string(), input: z.json() });
const resultSchema = z.strictObject({ name: z.string(), value: z.json() });
const failureSchema = z.strictObject({
  name: z.string(),
  tries: z.int().min(1),
  /** What the job said, at most `LOG_END` characters. */
  message: z.string(),
  host: z.string(),
});
export type Failure = z.output<typeof failureSchema>;

/** A folder that cannot be used as it is; the message says what to do. */
export class FarmError extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** Characters that are kept of what a failed job said: the beginning and the end. */
const LOG_END = 4000;

/** JSON with sorted keys: equal values give equal texts. */
export function canonical(v: Json): string {
  if (Array.isArray(v)) return `[${v.map(canonical).join(",")}]`;
  if (v !== null && typeof v === "object")
    return `{${Object.entries(v)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, x]) => `${JSON.stringify(k)}:${canonical(x)}`)
      .join(",")}}`;
  return JSON.stringify(v);
}

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

export const jobName = (spec: JobSpec, tools: Readonly<Record<string, string>>): string =>
  sha256(canonical([spec.kind, spec.input, tools])).slice(0, 32);

/** Writes a file beside its place and renames it, so that no reader ever sees a part of it. Throws where the disk is full. */
export function writeWhole(path: string, text: string | Uint8Array): void {
  const temp = `${path}.${randomBytes(6).toString("hex")}.part`;
  try {
    writeFileSync(temp, text);
    renameSync(temp, path);
  } catch (e) {
    rmSync(temp, { force: true });
    throw e;
  }
}

const oneLine = (v: unknown): string => `${JSON.stringify(v)}\n`;

export interface PlanOptions {
  readonly title: string;
  readonly worker: readonly string[];
  readonly tools: Readonly<Record<string, string>>;
  /** Estimated seconds of one job: jobs are put together until a worker has `secondsAWorker` of work. */
  readonly seconds: number;
  readonly secondsAWorker?: number;
  /** Workers that should have something to do, so that few jobs are not put into one. */
  readonly workers?: number;
  readonly tries?: number;
  /** More jobs come later: a plan in the folder that begins with these jobs stays, one that these begin with is replaced. */
  readonly grows?: boolean | undefined;
}

/** Jobs that one worker takes: enough to be worth its start, few enough that `workers` have some. */
export function chunkOf(jobs: number, o: PlanOptions): number {
  const worthwhile = Math.ceil((o.secondsAWorker ?? 10) / Math.max(o.seconds, 1e-3));
  const spread = Math.max(1, Math.ceil(jobs / Math.max(1, o.workers ?? 1)));
  return Math.max(1, Math.min(worthwhile, spread));
}

/** A folder of jobs. */
export class JobFolder {
  readonly path: string;
  readonly plan: Plan;
  #jobs: Job[] | undefined;

  private constructor(path: string, plan: Plan) {
    this.path = path;
    this.plan = plan;
  }

  /**
   * Writes the plan of `specs` into `path`. Over an earlier plan of the same jobs it is resumed; other jobs are refused,
   * unless `resume` says that the results there may be used for them, or the plan `grows` and one begins with the other:
   * then the longer one counts.
   */
  static create(path: string, specs: readonly JobSpec[], o: PlanOptions, resume = false): JobFolder {
    let jobs = specs.map((s): Job => ({ name: jobName(s, o.tools), kind: s.kind, input: s.input }));
    const seen = new Set<string>();
    for (const j of jobs) {
      if (seen.has(j.name)) throw new FarmError(`two jobs are the same: ${canonical(j.input).slice(0, 200)}`);
      seen.add(j.name);
    }
    let text = jobs.map(oneLine).join("");
    const file = join(path, "jobs.jsonl");
    if (existsSync(join(path, "plan.json"))) {
      const there = JobFolder.open(path);
      const before = readFileSync(file, "utf8");
      if (o.grows && before !== text && before.startsWith(text)) {
        jobs = [...there.jobs];
        text = before;
      } else if (!resume && before !== text && !(o.grows && text.startsWith(before)))
        throw new FarmError(
          `${path} holds the plan of other jobs`,
          "choose another folder, or --resume: the plan is replaced, results that fit are used",
        );
    } else if (existsSync(path) && readdirSync(path).some((f) => f !== "inputs"))
      throw new FarmError(`${path} holds files that no plan wrote`, "choose an empty folder, or a new one");
    const plan: Plan = {
      format: "addernet-farm/1",
      title: o.title,
      worker: [...o.worker],
      tools: { ...o.tools },
      jobs: jobs.length,
      chunk: chunkOf(jobs.length, o),
      tries: o.tries ?? 3,
    };
    for (const f of ["results", "failed", "workers", "logs"]) mkdirSync(join(path, f), { recursive: true });
    writeWhole(file, text);
    writeWhole(join(path, "plan.json"), `${JSON.stringify(plan, null, 2)}\n`);
    const folder = new JobFolder(path, plan);
    folder.#jobs = jobs;
    return folder;
  }

  static open(path: string): JobFolder {
    let text: string;
    try {
      text = readFileSync(join(path, "plan.json"), "utf8");
    } catch {
      throw new FarmError(
        `${path} is no folder of jobs: plan.json is missing`,
        "name the folder that the command with --farm wrote",
      );
    }
    const plan = planSchema.safeParse(parsed(text));
    if (!plan.success) throw new FarmError(`${join(path, "plan.json")} is damaged`, "plan again into a new folder");
    return new JobFolder(path, plan.data);
  }

  /** All jobs, in the order of the plan. */
  get jobs(): readonly Job[] {
    if (!this.#jobs) {
      const lines = readFileSync(join(this.path, "jobs.jsonl"), "utf8").split("\n").slice(0, -1);
      const jobs = lines.map((l) => jobSchema.safeParse(parsed(l)));
      const wrong = jobs.findIndex((j) => !j.success);
      if (wrong >= 0 || jobs.length !== this.plan.jobs)
        throw new FarmError(
          `${join(this.path, "jobs.jsonl")} is damaged${wrong >= 0 ? ` in line ${wrong + 1}` : `: ${jobs.length} lines instead of ${this.plan.jobs}`}`,
          "plan again into the same folder: results stay",
        );
      this.#jobs = jobs.map((j) => j.data!);
    }
    return this.#jobs;
  }

  get workers(): number {
    return Math.ceil(this.plan.jobs / this.plan.chunk);
  }

  chunk(index: number): readonly Job[] {
    return this.jobs.slice(index * this.plan.chunk, (index + 1) * this.plan.chunk);
  }

  /** Stores a file that jobs read; what it returns goes into their input. */
  static store(path: string, bytes: string | Uint8Array): string {
    const hash = sha256(bytes);
    const file = join(path, "inputs", hash);
    if (!existsSync(file)) {
      mkdirSync(join(path, "inputs"), { recursive: true });
      writeWhole(file, bytes);
    }
    return hash;
  }

  /** The bytes of a stored file; throws where it is missing or changed. */
  input(hash: string): Buffer {
    if (!/^[0-9a-f]{64}$/.test(hash)) throw new FarmError("the name of an input is not a hash");
    const bytes = readFileSync(join(this.path, "inputs", hash));
    if (sha256(bytes) !== hash) throw new FarmError(`${join(this.path, "inputs", hash)} is damaged`, "plan again");
    return bytes;
  }

  #resultFile(name: string): string {
    return join(this.path, "results", name.slice(0, 2), `${name}.json`);
  }

  /** The result of a job; undefined where there is none, or a damaged one. */
  result(name: string): { readonly value: Json } | undefined {
    let text: string;
    try {
      text = readFileSync(this.#resultFile(name), "utf8");
    } catch {
      return undefined;
    }
    const r = resultSchema.safeParse(parsed(text));
    return r.success && r.data.name === name && text.endsWith("\n") ? { value: r.data.value as Json } : undefined;
  }

  writeResult(name: string, value: Json): void {
    mkdirSync(join(this.path, "results", name.slice(0, 2)), { recursive: true });
    writeWhole(this.#resultFile(name), oneLine({ name, value }));
    rmSync(join(this.path, "failed", `${name}.json`), { force: true });
  }

  failure(name: string): Failure | undefined {
    try {
      const f = failureSchema.safeParse(parsed(readFileSync(join(this.path, "failed", `${name}.json`), "utf8")));
      return f.success && f.data.name === name ? f.data : undefined;
    } catch {
      return undefined;
    }
  }

  writeFailure(f: Failure): void {
    const { message: m } = f;
    const message = m.length <= LOG_END ? m : `${m.slice(0, LOG_END / 2 - 5)}\n...\n${m.slice(5 - LOG_END / 2)}`;
    writeWhole(join(this.path, "failed", `${f.name}.json`), oneLine({ ...f, message }));
  }

  markCancelled(): void {
    writeWhole(join(this.path, "cancelled"), "");
  }

  get cancelled(): boolean {
    return existsSync(join(this.path, "cancelled"));
  }

  /** Work starts: an earlier cancellation is over. */
  uncancel(): void {
    rmSync(join(this.path, "cancelled"), { force: true });
  }

  /** Forgets failures, so that their jobs are tried again. */
  forgetFailures(): void {
    for (const f of readdirSync(join(this.path, "failed"))) rmSync(join(this.path, "failed", f), { force: true });
  }

  /** Workers whose jobs are neither all done nor out of tries. */
  open(): number[] {
    const done = this.#present();
    const open: number[] = [];
    for (let i = 0; i < this.workers; i++)
      if (this.chunk(i).some((j) => !done.has(j.name) && !this.#given(j.name))) open.push(i);
    return open;
  }

  #given(name: string): boolean {
    return (this.failure(name)?.tries ?? 0) >= this.plan.tries;
  }

  /** Names of the jobs that have a whole result, from a look into each folder and not at each job. */
  #present(): Set<string> {
    const names = new Set<string>();
    for (let i = 0; i < 256; i++) {
      let files: string[];
      try {
        files = readdirSync(join(this.path, "results", i.toString(16).padStart(2, "0")));
      } catch {
        continue;
      }
      for (const f of files) if (f.endsWith(".json")) names.add(f.slice(0, -5));
    }
    for (const j of this.jobs) if (names.has(j.name) && !this.result(j.name)) names.delete(j.name);
    return names;
  }

  /** Results of the first `count` jobs, of all where left out. Throws, naming the first of them, where some are missing. */
  collect(count = this.jobs.length): { readonly job: Job; readonly value: Json }[] {
    const found = this.jobs.slice(0, count).map((job) => ({ job, value: this.result(job.name)?.value }));
    const missing = found.filter((f) => f.value === undefined);
    if (missing.length > 0) {
      const failed = missing.map((m) => this.failure(m.job.name)).find((f) => f);
      throw new FarmError(
        `${missing.length} of ${found.length} results are missing in ${this.path}` +
          (failed
            ? `; job ${failed.name} failed ${failed.tries} times: ${failed.message.trim().split("\n").slice(0, 3).join("\n")}`
            : ""),
        failed
          ? `the end of its log is in ${join(this.path, "failed", `${failed.name}.json`)}`
          : "run the command again: only what is missing is done",
      );
    }
    return found as { job: Job; value: Json }[];
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
