// Workers as processes that this machine starts: its own cores, or whatever runs a command behind a prefix.
import { spawn } from "node:child_process";
import { basename } from "node:path";
import { FarmError, type JobFolder } from "../plan.ts";
import type { Backend, Round } from "./backend.ts";

/** Quoted for the POSIX shell at the other end of ssh, which joins its arguments and reads them again. */
export const shellWord = (s: string): string => (/^[\w@%+=:,./-]+$/.test(s) ? s : `'${s.replaceAll("'", "'\\''")}'`);

/** Words of a command prefix as a shell splits them: quotes and backslashes, nothing is expanded. */
export function words(text: string): string[] {
  const out: string[] = [];
  const part = /\s*((?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+)/gy;
  let at = 0;
  for (let m = part.exec(text); m; m = part.exec(text)) {
    at = part.lastIndex;
    out.push(
      m[1]!.replace(/\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_, e, d, s) => e ?? d?.replace(/\\(["\\$`])/g, "$1") ?? s),
    );
  }
  if (text.slice(at).trim() !== "") throw new Error(`a quote is not closed in ${text}`);
  return out;
}

// Programs that join their arguments with spaces and hand them to a shell at the other end, once for each of them.
const JOINING: readonly string[] = ["ssh", "rsh"];
// LSF has a shell read the command too, but how bsub quotes what it was given depends on its version.
const UNSURE: readonly string[] = ["bsub"];

const counted = (prefix: readonly string[], names: readonly string[]): number =>
  prefix.filter((w) => names.includes(basename(w))).length;

/**
 * The command of worker `index`. Throws a FarmError where a word would not reach the worker as it is for sure.
 */
export function commandOf(prefix: readonly string[], folder: JobFolder, index: number): string[] {
  let worker = [...folder.plan.worker, folder.path, "--index", String(index)];
  const special = worker.find((w) => shellWord(w) !== w);
  if (special !== undefined && counted(prefix, UNSURE) > 0)
    throw new FarmError(
      `behind bsub, whose shell reads the command, no path may have spaces or quotes: ${special}`,
      "move the folder of jobs, or the program, to another path",
    );
  for (let n = counted(prefix, JOINING); n > 0; n--) worker = worker.map(shellWord);
  return [...prefix, ...worker];
}

const MOST_SAID = 64 * 1024;

function runOne(
  command: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly code: number; readonly said: string }> {
  let resolve!: (r: { code: number; said: string }) => void;
  const promise = new Promise<{ code: number; said: string }>((r) => {
    resolve = r;
  });
  // A group of its own: what a worker started ends with it.
  const child = spawn(command[0]!, command.slice(1), { stdio: ["ignore", "pipe", "pipe"], detached: true });
  const kill = (sig: NodeJS.Signals) => {
    try {
      process.kill(-child.pid!, sig);
    } catch {
      // It has ended.
    }
  };
  let hard: NodeJS.Timeout | undefined;
  const stop = () => {
    kill("SIGTERM");
    hard = setTimeout(() => kill("SIGKILL"), 3000);
  };
  const last = () => kill("SIGKILL");
  signal.addEventListener("abort", stop, { once: true });
  process.once("exit", last);
  if (signal.aborted) stop();
  let said = "";
  const take = (b: Buffer) => {
    said = (said + b.toString()).slice(-MOST_SAID);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const done = (code: number) => {
    clearTimeout(hard);
    signal.removeEventListener("abort", stop);
    process.removeListener("exit", last);
    resolve({ code, said });
  };
  child.on("error", (e) => {
    said += e.message;
    done(127);
  });
  child.on("close", (code, sig) => done(code ?? (sig ? 128 : 1)));
  return promise;
}

/** `parallel` workers at a time, each behind `prefix`. */
export function processes(prefix: readonly string[], parallel: number): Backend {
  return {
    name: prefix.length === 0 ? `${parallel} processes` : `${parallel} times ${prefix.join(" ")}`,
    parallel,
    async round(folder: JobFolder, indices: readonly number[], round: Round): Promise<readonly string[]> {
      const said: string[] = [];
      let next = 0;
      const one = async (): Promise<void> => {
        while (next < indices.length && !round.signal.aborted) {
          const index = indices[next++]!;
          const { code, said: text } = await runOne(commandOf(prefix, folder, index), round.signal);
          if (code !== 0 && !round.signal.aborted)
            said.push(`worker ${index} ended with exit code ${code}: ${text.trim().slice(-1000)}`);
          round.onChange();
        }
      };
      await Promise.all(Array.from({ length: Math.min(parallel, indices.length) }, one));
      return said;
    },
  };
}
