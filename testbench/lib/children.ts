// Programs and folders that must not outlive this process, however it ends: by itself, by a signal, or killed.
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Process groups that run, by their leader's id. */
const groups = new Map<number, ChildProcess>();
const folders = new Set<string>();
/** In the environment of this process's tools: finds one that was started when this process had no time to say so. */
const MARK = randomBytes(12).toString("hex");

/**
 * A program in a process group of its own, which ends with this process, together with what it started itself.
 * SIGINT, SIGTERM and SIGHUP wait for no event loop that computes: they are taken only while such a program runs.
 */
export function startTool(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  // Before it runs: a signal that comes while it starts must find both.
  listen();
  tell(`?${MARK}`);
  let child: ChildProcess;
  try {
    child = spawn(command, args, {
      ...options,
      env: { ...(options.env ?? process.env), ADDERNET_TOOL_OF: MARK },
      detached: true,
    });
  } catch (e) {
    tell("!");
    unlisten();
    throw e;
  }
  const { pid } = child;
  if (pid === undefined) {
    tell("!");
    unlisten();
    return child;
  }
  groups.set(pid, child);
  tell(`+${pid}`);
  const gone = () => {
    if (!groups.delete(pid)) return;
    tell(`-${pid}`);
    unlisten();
  };
  child.once("exit", gone);
  child.once("error", gone);
  return child;
}

/** A new folder under the system's temporary one, which goes with this process at the latest. */
export function temporaryFolder(prefix: string): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(resolve(tmpdir()), prefix));
  const release = mustGo(path);
  return {
    path,
    remove() {
      rmSync(path, { recursive: true, force: true });
      release();
    },
  };
}

let ofTools: string | undefined;

/** For temporary files of a tool's own: a compiler that a signal ends at the wrong moment leaves some. Goes with this process. */
export function toolsFolder(): string {
  ofTools ??= temporaryFolder("addernet-tools-").path;
  return ofTools;
}

/** A folder that goes with this process unless it is released. */
export function mustGo(folder: string): () => void {
  const path = resolve(folder);
  const told = !path.includes("\n");
  folders.add(path);
  tell(told ? `D${path}` : "");
  return () => {
    folders.delete(path);
    tell(told ? `R${path}` : "");
  };
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

let listening = false;

function listen(): void {
  if (!listening) for (const s of SIGNALS) process.on(s, endBySignal);
  listening = true;
}

/** Where no program runs, signals do what they do in any process. */
function unlisten(): void {
  if (groups.size > 0) return;
  for (const s of SIGNALS) process.off(s, endBySignal);
  listening = false;
}

function endBySignal(signal: NodeJS.Signals): void {
  killGroups("SIGTERM");
  // Somebody else answers the signal as well, and says when the process ends.
  if (process.listeners(signal).some((l) => l !== endBySignal)) return;
  const end = () => process.exit(128 + constants.signals[signal]);
  const left = [...groups.values()].filter((c) => c.exitCode === null && c.signalCode === null);
  if (left.length === 0) end();
  let open = left.length;
  for (const child of left)
    child.once("exit", () => {
      if (--open === 0) end();
    });
  setTimeout(end, GRACE);
}

/** What a tool gets to remove its own files, in milliseconds. */
const GRACE = 500;

function killGroups(signal: NodeJS.Signals): void {
  for (const pid of groups.keys())
    try {
      process.kill(-pid, signal);
    } catch {
      // It has ended.
    }
}

function clear(): void {
  killGroups("SIGKILL");
  for (const path of folders) rmSync(path, { recursive: true, force: true });
}

/**
 * Reads what must go, a line each, until this process is there no more; then ends and removes it. A shell starts in a
 * millisecond; its text is fixed, and what it reads is never part of a command.
 */
const WATCH = `
set -f
pids=
starting=
while IFS= read -r line; do
  rest=\${line#?}
  case $line in
    \\?*) starting=$rest ;;
    !*) starting= ;;
    +*) pids="$pids $rest"; starting= ;;
    -*) next=; for p in $pids; do [ "$p" = "$rest" ] || next="$next $p"; done; pids=$next ;;
    D*) set -- "$@" "$rest" ;;
    R*) n=$#; while [ "$n" -gt 0 ]; do d=$1; shift; [ "$d" = "$rest" ] || set -- "$@" "$d"; n=$((n - 1)); done ;;
  esac
done
if [ -n "$starting" ] && [ -d /proc/self ]; then
  sleep 0.1
  set +f
  for e in /proc/[0-9]*/environ; do
    if grep -qsz "^ADDERNET_TOOL_OF=$starting$" "$e"; then p=\${e#/proc/}; pids="$pids \${p%/environ}"; fi
  done
fi
for p in $pids; do kill -s TERM -- "-$p"; done
if [ -n "$pids" ]; then sleep 0.3; fi
for p in $pids; do kill -s KILL -- "-$p"; done
for d in "$@"; do rm -rf -- "$d"; done
`;

let watch: ChildProcess | undefined;

function startWatch(): ChildProcess {
  if (watch) return watch;
  watch = spawn("/bin/sh", ["-c", WATCH], { cwd: "/", detached: true, stdio: ["pipe", "ignore", "ignore"] });
  // Whatever cannot be watched still ends with every ordinary end of this process.
  watch.on("error", () => undefined);
  watch.stdin?.on("error", () => undefined);
  watch.unref();
  (watch.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  process.on("exit", clear);
  return watch;
}

function tell(line: string): void {
  startWatch().stdin?.write(`${line}\n`);
}
