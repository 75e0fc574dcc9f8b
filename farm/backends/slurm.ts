// Workers as tasks of Slurm's array jobs.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FarmError, type JobFolder, writeWhole } from "../plan.ts";
import type { Backend, Round } from "./backend.ts";

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function call(program: string, args: readonly string[]): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let [out, err] = ["", ""];
    child.stdout.on("data", (b: Buffer) => {
      out += b.toString();
    });
    child.stderr.on("data", (b: Buffer) => {
      err += b.toString();
    });
    child.on("error", (e: NodeJS.ErrnoException) =>
      reject(
        e.code === "ENOENT"
          ? new FarmError(
              `${program} is not installed here`,
              "--farm slurm needs Slurm's commands on this machine; --farm local does not",
            )
          : e,
      ),
    );
    child.on("close", (code) => resolve({ code: code ?? 1, out, err }));
  });
}

/** The exit code of a task that does not find the folder of jobs. */
const NOT_SHARED = 66;

// `$1` lists the indices of the workers, a line a task.
const TASK = `#!/bin/sh
[ -r "$1" ] || exit ${NOT_SHARED}
index=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" "$1")
shift
exec "$@" --index "$index"
`;

const PROBE = `#!/bin/sh
[ -r "$1" ] || exit ${NOT_SHARED}
`;

const notShared = (folder: JobFolder) =>
  new FarmError(
    `${folder.path} cannot be read on the node that Slurm chose`,
    "put the folder of jobs where all nodes see it under the same path (a home folder or project space, not /tmp)",
  );

const submissions = (path: string) => join(path, "submissions");

/** Ids of the jobs that were submitted for a folder. */
function idsOf(path: string): string[] {
  let files: string[];
  try {
    files = readdirSync(submissions(path));
  } catch {
    return [];
  }
  return files.flatMap((f) => {
    if (!f.endsWith(".id")) return [];
    const id = readFileSync(join(submissions(path), f), "utf8").trim();
    return /^\d+$/.test(id) ? [id] : [];
  });
}

/** Cancels all that was submitted for a folder; returns how many submissions that were. */
export async function cancelSlurm(path: string): Promise<number> {
  const ids = idsOf(path);
  if (ids.length > 0) {
    const r = await call("scancel", ids);
    if (r.code !== 0 && !/invalid job id/i.test(r.err)) throw new FarmError(`scancel failed: ${r.err.trim()}`);
    await gone(ids, new AbortController().signal, () => {});
    for (const f of readdirSync(submissions(path)))
      if (f.endsWith(".id")) rmSync(join(submissions(path), f), { force: true });
  }
  return ids.length;
}

/** Seconds for which a controller may be away before we give up. */
const PATIENCE = 300;

/** Waits until no task of these jobs is pending or running. */
async function gone(ids: readonly string[], signal: AbortSignal, onPoll: () => void): Promise<void> {
  let pause = 300;
  let away = 0;
  for (;;) {
    const r = await call("squeue", ["--noheader", "--jobs", ids.join(","), "--format", "%i %T %r"]);
    if (r.code === 0) {
      away = 0;
      if (r.out.trim() === "") return;
      // These wait for ever.
      const never =
        /(BadConstraints|PartitionNodeLimit|PartitionTimeLimit|AssocGrpSubmit|JobHeldUser|JobHeldAdmin|launch failed requeued held)/.exec(
          r.out,
        );
      if (never)
        throw new FarmError(
          `Slurm will not start the jobs: ${never[1]}`,
          "see --farm-options: partition, account, memory, time",
        );
    } else if (/invalid job id/i.test(r.err)) return;
    else {
      away += pause / 1000;
      if (away > PATIENCE) throw new FarmError(`squeue failed: ${r.err.trim()}`);
    }
    onPoll();
    await sleep(pause, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    pause = Math.min(5000, pause * 1.5);
  }
}

/**
 * Slurm as it is configured here; `options` go to sbatch as they are (partition, account, memory, time). Throws a
 * FarmError where Slurm's commands are missing or its controller does not answer.
 */
export async function slurm(options: readonly string[]): Promise<Backend> {
  const config = await call("scontrol", ["show", "config"]);
  if (config.code !== 0)
    throw new FarmError(`Slurm does not answer: ${config.err.trim()}`, "sinfo on this machine should show its nodes");
  const size = Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(config.out)?.[1] ?? 1001);
  const cpus = Number((await call("sinfo", ["--noheader", "--format", "%C"])).out.trim().split("/").at(-1)) || 1;

  async function submit(folder: JobFolder, indices: readonly number[], signal: AbortSignal): Promise<string> {
    const key = randomBytes(6).toString("hex");
    const list = join(submissions(folder.path), `${key}.txt`);
    writeWhole(list, indices.map((i) => `${i}\n`).join(""));
    const args = [
      "--parsable",
      "--requeue",
      "--job-name=addernet",
      `--array=0-${indices.length - 1}`,
      `--output=${join(folder.path.replaceAll("%", "%%"), "logs", "%A_%a.log")}`,
      "--open-mode=append",
      ...options,
    ];
    for (let waited = 0; ; waited += 5) {
      // Paths are arguments of the script: no shell reads them.
      const r = await call("sbatch", [
        ...args,
        join(submissions(folder.path), "task.sh"),
        list,
        ...folder.plan.worker,
        folder.path,
      ]);
      const id = /^(\d+)/.exec(r.out.trim())?.[1];
      if (r.code === 0 && id) {
        writeWhole(join(submissions(folder.path), `${key}.id`), `${id}\n`);
        return id;
      }
      const full = /limit|QOSMaxSubmit|AssocMaxSubmit|temporarily|timed out|contact/i.test(r.err);
      if (!full || waited > PATIENCE || signal.aborted)
        throw new FarmError(
          `sbatch refused the jobs: ${r.err.trim()}`,
          "see --farm-options: partition, account, memory, time",
        );
      await sleep(5000, undefined, { signal }).catch(() => {});
    }
  }

  let probed = false;
  async function probe(folder: JobFolder): Promise<void> {
    if (probed) return;
    const r = await call("sbatch", [
      ...["--wait", "--quiet", "--job-name=addernet-probe", "--output=/dev/null"],
      ...options,
      join(submissions(folder.path), "probe.sh"),
      join(folder.path, "plan.json"),
    ]);
    if (r.code === NOT_SHARED) throw notShared(folder);
    if (r.code !== 0)
      throw new FarmError(
        `sbatch refused a first job: ${r.err.trim() || `exit code ${r.code}`}`,
        "see --farm-options: partition, account, memory, time",
      );
    probed = true;
  }

  return {
    name: "Slurm",
    parallel: cpus,
    async round(folder: JobFolder, indices: readonly number[], round: Round): Promise<readonly string[]> {
      mkdirSync(submissions(folder.path), { recursive: true });
      writeWhole(join(submissions(folder.path), "task.sh"), TASK);
      writeWhole(join(submissions(folder.path), "probe.sh"), PROBE);
      await probe(folder);
      const ids: string[] = [];
      try {
        for (let at = 0; at < indices.length && !round.signal.aborted; at += size - 1)
          ids.push(await submit(folder, indices.slice(at, at + size - 1), round.signal));
        await gone(ids, round.signal, round.onChange);
      } finally {
        if (round.signal.aborted) await cancelSlurm(folder.path);
      }
      round.onChange();
      return logEnds(folder, ids);
    },
  };
}

/** The last lines of the logs of tasks that said anything, a few of them. */
function logEnds(folder: JobFolder, ids: readonly string[]): string[] {
  const out: string[] = [];
  for (const f of readdirSync(join(folder.path, "logs")).sort()) {
    if (out.length >= 5) break;
    if (!ids.some((id) => f.startsWith(`${id}_`))) continue;
    const text = readFileSync(join(folder.path, "logs", f), "utf8").trim();
    if (text !== "") out.push(`${f}: ${text.slice(-1000)}`);
  }
  return out;
}
