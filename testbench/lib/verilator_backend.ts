import { readFileSync } from "node:fs";
import koffi from "koffi";
import { type Backend, type Found, type LogEntry, MEMORY_WORDS, MoreAccess, type Start } from "./backend.ts";
import type { VerilatorModel } from "./build/verilator.ts";
import type { InternalVariable } from "./build/verilator_internals.ts";
import { BuildError } from "./design.ts";
import { H } from "./layout.ts";
import { loadNative } from "./native_library.ts";

interface Library {
  open(memory: bigint, seed: number, waves: string): number;
  run(handle: number): void;
  finish(handle: number): void;
  log(handle: number): string;
  clearLog(handle: number): void;
  close(handle: number): void;
  command(handle: number): void;
  writeCoverage(handle: number, file: string): number;
}

// Libraries stay loaded: loading one again for each run would grow the process.
const loaded = new Map<string, Library>();

function load(path: string): Library {
  let l = loaded.get(path);
  if (!l) {
    const so = loadNative(path);
    l = {
      open: so.func("int tb_open(uintptr_t, uint32_t, const char *)"),
      run: so.func("void tb_run(int)"),
      finish: so.func("void tb_finish(int)"),
      log: so.func("const char *tb_log(int)"),
      clearLog: so.func("void tb_clear_log(int)"),
      close: so.func("void tb_close(int)"),
      command: so.func("void tb_command(int)"),
      writeCoverage: so.func("int tb_write_coverage(int, const char *)"),
    };
    loaded.set(path, l);
  }
  return l;
}

/** Starts an instance of a model. */
export function openVerilator(model: VerilatorModel, { prepare, initSeed, waves }: Start): Backend {
  const memory = new Uint32Array(MEMORY_WORDS);
  prepare(memory);
  const lib = load(model.library);
  const handle = lib.open(koffi.address(memory), initSeed, waves ?? "");
  if (handle < 0) throw new BuildError(`cannot write waves to ${waves}`);
  let open = true;
  let inside: ReturnType<typeof insideOf> | undefined;
  const { run } = lib;
  return {
    sim: "verilator",
    memory,
    run: () => run(handle),
    find: (path) => {
      if (!model.internals) throw new MoreAccess({ internals: true, force: [] });
      inside ??= insideOf(model.internals);
      return inside.found.get(path);
    },
    names: (path) => [...(inside?.names.get(path) ?? [])],
    command(what) {
      memory[H.COMMAND] = what;
      lib.command(handle);
    },
    takeLog() {
      if (!open || memory[H.LOG_BYTES] === 0) return [];
      const entries = parseLog(lib.log(handle));
      lib.clearLog(handle);
      return entries;
    },
    finish() {
      if (open) lib.finish(handle);
    },
    writeCoverage: (file) => lib.writeCoverage(handle, file) !== 0,
    async close() {
      if (open) lib.close(handle);
      open = false;
    },
  };
}

function insideOf(variables: readonly InternalVariable[]): {
  found: Map<string, Found>;
  names: Map<string, Set<string>>;
} {
  const found = new Map<string, Found>();
  const names = new Map<string, Set<string>>();
  variables.forEach(({ path, width, dims, constant, forceable }, id) => {
    found.set(path, { kind: "signal", id, width, dims, constant, forceable });
    const parts = path.split(".");
    for (let n = parts.length; n > 0; n--) {
      const parent = parts.slice(0, n - 1).join(".");
      if (parent && !found.has(parent)) found.set(parent, { kind: "scope" });
      const list = names.get(parent) ?? new Set();
      names.set(parent, list.add(parts[n - 1]!));
    }
  });
  return { found, names };
}

/** Entries of the native log: `kind time bytes`, a new line, then the text. */
export function parseLog(text: string): LogEntry[] {
  const out: LogEntry[] = [];
  const bytes = Buffer.from(text, "utf8");
  let partial = "";
  let pending: { file: string; line: number; scope: string } | undefined;
  for (let at = 0; at < bytes.length; ) {
    const eol = bytes.indexOf(10, at);
    const [kind, time, length] = bytes.toString("utf8", at, eol).split(" ");
    const body = bytes.toString("utf8", eol + 1, eol + 1 + Number(length));
    at = eol + 1 + Number(length);
    const ns = Number(time) / 1000;
    if (kind === "D") {
      partial += body;
      const lines = partial.split("\n");
      partial = lines.pop()!;
      for (const line of lines) out.push(printed(line, ns));
      continue;
    }
    if (partial) out.push(printed(partial, ns));
    partial = "";
    const [file = "", line = "0", scope = "", ...message] = body.split("\n");
    pending = { file, line: Number(line), scope: scope.replace(/^TOP\./, "") };
    const previous = out.at(-1);
    if (kind === "F") out.push({ time: ns, kind: "finish", text: "$finish", ...pending });
    else if (
      previous &&
      (previous.kind === "error" || previous.kind === "fatal") &&
      previous.line === pending.line &&
      previous.time === ns
    ) {
      // The message came as text just before, with the file's name alone and the same word for $error and $fatal.
      previous.file = pending.file;
      if (sourceLine(pending.file, pending.line).includes("$fatal")) previous.kind = "fatal";
      if (!previous.scope) previous.scope = pending.scope;
    } else
      out.push({ time: ns, kind: kind === "X" ? "fatal" : "stop", text: message.join("\n") || "$stop", ...pending });
  }
  if (partial) out.push(printed(partial, 0));
  return out;
}

// [15000] %Error: file.v:8: Assertion failed in TOP.addernet_tb.t: message
const SEVERITY = /^\[\d+\] (%Error|%Fatal|%Warning|%Info|-Info): (.+?):(\d+): (?:Assertion failed in )?(\S+?): ?(.*)$/;

function printed(line: string, time: number): LogEntry {
  const m = SEVERITY.exec(line);
  if (!m) return { time, kind: "display", text: line };
  const file = m[2]!;
  const number = Number(m[3]);
  const kinds: Record<string, LogEntry["kind"]> = {
    "%Error": "error",
    "%Fatal": "fatal",
    "%Warning": "warning",
    "%Info": "info",
    "-Info": "info",
  };
  const kind = kinds[m[1]!]!;
  return { time, kind, text: m[5]!, file, line: number, scope: m[4]!.replace(/^TOP\./, "") };
}

function sourceLine(file: string, line: number): string {
  try {
    return readFileSync(file, "utf8").split("\n")[line - 1] ?? "";
  } catch {
    return "";
  }
}
