import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { startTool, toolsFolder } from "../children.ts";
import { BuildError } from "../design.ts";

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a tool without a shell and waits for its end. Throws a BuildError when it cannot be started. */
export function runTool(command: string, args: readonly string[], cwd?: string): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, TMPDIR: toolsFolder() };
    const child = startTool(command, args, { stdio: ["ignore", "pipe", "pipe"], env, ...(cwd ? { cwd } : {}) });
    let stdout = "";
    let stderr = "";
    child.stdout!.setEncoding("utf8").on("data", (s: string) => {
      stdout += s;
    });
    child.stderr!.setEncoding("utf8").on("data", (s: string) => {
      stderr += s;
    });
    child.on("error", (e: NodeJS.ErrnoException) =>
      reject(new BuildError(e.code === "ENOENT" ? missing(command) : `${command}: ${e.message}`)),
    );
    child.on("close", (code, signal) =>
      resolve({ code: code ?? 1, stdout, stderr: signal ? `${stderr}\nended by ${signal}` : stderr }),
    );
  });
}

/**
 * Like `runTool`, but a failing tool throws a BuildError with what it printed; so does one that ends well without
 * having written the file that `-o` names.
 */
export async function must(what: string, command: string, args: readonly string[], cwd = "."): Promise<Ran> {
  const ran = succeeded(what, command, await runTool(command, args, cwd));
  const output = args.indexOf("-o");
  if (output >= 0) wrote(what, command, resolve(cwd, args[output + 1]!), ran);
  return ran;
}

/** Throws a BuildError when a tool that ended well has not written its file. */
export function wrote(what: string, command: string, file: string, ran: Ran): void {
  if (statSync(file, { throwIfNoEntry: false })?.size) return;
  throw new BuildError(
    `${what}: ${basename(command)} ended without an error, but wrote no ${basename(file)}`,
    shorten(ran.stderr + ran.stdout),
  );
}

/** Throws a BuildError with what a tool printed when it failed. */
export function succeeded(what: string, command: string, ran: Ran): Ran {
  if (ran.code !== 0)
    throw new BuildError(
      `${what}: ${basename(command)} failed with status ${ran.code}`,
      shorten(ran.stderr + ran.stdout),
    );
  return ran;
}

const shorten = (s: string): string => {
  const lines = s.trim().split("\n");
  return lines.length <= 60
    ? lines.join("\n")
    : [...lines.slice(0, 60), `... ${lines.length - 60} more lines`].join("\n");
};

const PACKAGES: Record<string, string> = {
  verilator: "Verilator 5.006 or newer (Debian: apt-get install verilator)",
  iverilog: "Icarus Verilog 11 or newer (Debian: apt-get install iverilog)",
  vvp: "Icarus Verilog 11 or newer (Debian: apt-get install iverilog)",
  "iverilog-vpi": "Icarus Verilog 11 or newer (Debian: apt-get install iverilog)",
  yosys: "Yosys 0.23 or newer (Debian: apt-get install yosys)",
  "g++": "a C++17 compiler (Debian: apt-get install g++)",
};
const missing = (command: string): string =>
  command === process.env[VERILATOR]
    ? `${command}, which ${VERILATOR} names, was not found; the test bench library needs ${PACKAGES.verilator}`
    : `${command} was not found on PATH; the test bench library needs ${PACKAGES[command] ?? command}`;

const versions = new Map<string, Promise<string>>();

/** First line that the tool prints about its version, asked once a process. */
export function version(command: string, flag: string): Promise<string> {
  let v = versions.get(command);
  if (!v) {
    v = runTool(command, [flag]).then((r) => `${r.stdout}${r.stderr}`.split("\n")[0]!.trim());
    v.catch(() => versions.delete(command));
    versions.set(command, v);
  }
  return v;
}

/** Throws a BuildError when the version text names an older version than `least`. */
export function atLeast(tool: string, text: string, least: readonly [number, number]): void {
  const m = /(\d+)\.(\d+)/.exec(text);
  if (!m) throw new BuildError(`cannot read a version in what ${tool} says: ${text}`);
  const [major, minor] = [Number(m[1]), Number(m[2])];
  if (major < least[0] || (major === least[0] && minor < least[1]))
    throw new BuildError(`${tool} is too old: "${text}"; the test bench library needs ${PACKAGES[tool] ?? tool}`);
}

const VERILATOR = "ADDERNET_VERILATOR";

/** The Verilator to use: the path or name in `$ADDERNET_VERILATOR`, otherwise `verilator` on PATH. */
export const verilator = (): string => process.env[VERILATOR] || "verilator";

const roots = new Map<string, Promise<string>>();

/** Where Verilator's runtime lies. Throws a BuildError when there is no Verilator. */
export function verilatorRoot(): Promise<string> {
  const command = verilator();
  let root = roots.get(command);
  if (!root) {
    root = must("cannot find Verilator's files", command, ["--getenv", "VERILATOR_ROOT"]).then((r) => r.stdout.trim());
    root.catch(() => roots.delete(command));
    roots.set(command, root);
  }
  return root;
}

/** What Verilator says about its version, with its number. Throws a BuildError when it is missing or too old. */
export async function verilatorVersion(): Promise<string> {
  let v = await version(verilator(), "--version");
  if (!/\d+\.\d+/.test(v)) {
    // Some packages are built without a number in the program; the runtime's header has it.
    const header = join(await verilatorRoot(), "include/verilated_config.h");
    const text = await readFile(header, "utf8").catch(() => "");
    const number = /#define\s+VERILATOR_VERSION\s+"([^"]+)"/.exec(text)?.[1];
    if (number) v = `Verilator ${number} ${v}`;
  }
  atLeast("verilator", v, [5, 6]);
  return v;
}
export async function icarusVersion(): Promise<string> {
  const v = await version("iverilog", "-V");
  atLeast("iverilog", v, [11, 0]);
  return v;
}
/** What compiled code runs on: machines that share a cache need not be of one sort. */
export const platform = `${process.platform} ${process.arch}`;

export const compilerVersion = (): Promise<string> => version("g++", "--version");

/** True when the tool can be started at all. */
export async function hasTool(command: "yosys"): Promise<boolean> {
  try {
    await version(command, "-V");
    return true;
  } catch {
    return false;
  }
}
