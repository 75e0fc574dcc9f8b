// Workers as processes that this machine starts: its own cores, or whatever runs a command behind a prefix.
import { spawn } from "node:child_process";
import { basename } from "node:path";
import type { JobFolder } from "../plan.ts";
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

/** The command of worker `index`. */
export function commandOf(prefix: readonly string[], folder: JobFolder, index: number): string[] {
  const worker = [...folder.plan.worker, folder.path, "--index", String(index)];
  const remote = prefix.length > 0 && basename(prefix[0]!) === "ssh";
  return [...prefix, ...(remote ? worker.map(shellWord) : worker)];
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
