import { spawn } from "node:child_process";
import { BuildError } from "../design.ts";

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a tool without a shell and waits for its end. Throws a BuildError when it cannot be started. */
export function runTool(command: string, args: readonly string[], cwd?: string): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...(cwd ? { cwd } : {}) });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (s: string) => {
      stdout += s;
    });
    child.stderr.setEncoding("utf8").on("data", (s: string) => {
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

/** Like `runTool`, but a failing tool throws a BuildError with what it printed. */
export async function must(what: string, command: string, args: readonly string[], cwd?: string): Promise<Ran> {
  const ran = await runTool(command, args, cwd);
  if (ran.code !== 0)
    throw new BuildError(`${what}: ${command} failed with status ${ran.code}`, shorten(ran.stderr + ran.stdout));
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
  `${command} was not found on PATH; the test bench library needs ${PACKAGES[command] ?? command}`;

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

export async function verilatorVersion(): Promise<string> {
  const v = await version("verilator", "--version");
  atLeast("verilator", v, [5, 6]);
  return v;
}
export async function icarusVersion(): Promise<string> {
  const v = await version("iverilog", "-V");
  atLeast("iverilog", v, [11, 0]);
  return v;
}
export const compilerVersion = (): Promise<string> => version("g++", "--version");

/** True when the tool can be started at all. */
export async function hasTool(command: "verilator" | "yosys" | "iverilog"): Promise<boolean> {
  try {
    await version(command, command === "verilator" ? "--version" : "-V");
    return true;
  } catch {
    return false;
  }
}
