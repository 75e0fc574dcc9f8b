// Reads every cell with every tool and wants silence; gives every cell wrong parameters and wants the tools to stop.
//
//   npm run lint:cells                 every templates/*.v
//   npm run lint:cells -- axis_window  these cells only
//
// A cell that passed is not read again while its text, its sets, this file and the tools stay the same
// (.cache/lint, one file a cell).
//
// Parameter sets: the defaults, those of testbench/cells/<cell>/formal.json, and those of
// testbench/cells/<cell>/lint.json:
//
//   {
//     "sets": [{ "WIDTH": 4 }],                                       must pass in silence (optional)
//     "broken": [{ "rule": "WIDTH_below_1", "set": { "WIDTH": 0 } }]  must stop every tool
//     "waived": [{ "tool": "yosys", "says": "Warning: ...", "because": "..." }]  a line that may stand in a tool's output
//   }
//
// A rule is a wire in a generate block g_rule_*; each needs a broken set, and Verilator or Icarus must name its line.

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withSubcells } from "../generator/cells/closure.ts";
import { cellSources } from "../generator/cli/files.ts";
import { hashOf } from "../testbench/lib/build/cache.ts";
import { icarusVersion, verilator, verilatorVersion, version } from "../testbench/lib/build/tools.ts";
import { newestVerilator } from "../testbench/nets/third-party.ts";
import { chparam } from "./chparam.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const texts = cellSources();
/** Variants of cells that are made of their text lie here while they are read. */
const made = mkdtempSync(join(tmpdir(), "lint-cells-"));
process.on("exit", () => rmSync(made, { recursive: true, force: true }));

function fileOf(cell: string): string {
  const path = join("templates", `${cell}.v`);
  if (existsSync(join(root, path))) return path;
  const variant = join(made, `${cell}.v`);
  writeFileSync(variant, texts.get(cell)!);
  return variant;
}
const timeoutMs = 120_000;

type Parameters = Record<string, number | string>;
interface Plan {
  sets?: Parameters[];
  broken?: { rule: string; set: Parameters }[];
  /** Lines of a tool's output that begin so are not looked at, for a reason. */
  waived?: { tool: string; says: string; because: string }[];
}
interface Verdict {
  stopped: boolean;
  output: string;
}
type Tool = (cell: string, sources: readonly string[], parameters: Parameters) => Promise<Verdict>;

const quoted = (value: number | string): string => (typeof value === "string" ? `"${value}"` : String(value));

function call(tool: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Verdict> {
  return new Promise((resolve) => {
    execFile(tool, args, { env, cwd: root, timeout: timeoutMs, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      const missing = error && typeof error.code !== "number" ? `${tool}: ${error.message}\n` : "";
      resolve({ stopped: error !== null, output: `${missing}${stdout}${stderr}`.trim() });
    });
  });
}

const lintArgs = (cell: string, sources: readonly string[], parameters: Parameters) => [
  ...["--lint-only", "-Wall", "--top-module", cell],
  ...Object.entries(parameters).map(([name, value]) => `-G${name}=${quoted(value)}`),
  ...sources,
];

/** Newer versions know more warnings; it is asked for silence alone. */
const newest = newestVerilator();
const newestTool: Tool | undefined =
  newest &&
  ((cell, sources, parameters) =>
    call(newest.path, ["--quiet-stats", ...lintArgs(cell, sources, parameters)], {
      ...process.env,
      VERILATOR_ROOT: newest.root,
    }));

const tools: Record<string, Tool> = {
  verilator: (cell, sources, parameters) => call(verilator(), lintArgs(cell, sources, parameters)),
  iverilog: (cell, sources, parameters) =>
    call("iverilog", [
      "-g2005",
      "-Wall",
      "-t",
      "null",
      "-s",
      cell,
      ...Object.entries(parameters).map(([name, value]) => `-P${cell}.${name}=${quoted(value)}`),
      ...sources,
    ]),
  yosys: (cell, sources, parameters) => {
    const script = [
      ...sources.map((source) => `read_verilog ${source}`),
      `hierarchy -check -top ${cell} ${chparam(parameters)}`,
      "proc",
      "check -assert",
    ];
    return call("yosys", ["-q", "-p", script.join("; ")]);
  },
};

function readPlan(cell: string, file: string): Plan {
  const of = cell.replace(/_mem$/, "");
  const path = join(root, "testbench", "cells", of, file);
  const plan: Plan = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  if (of === cell) return plan;
  // A variant has the parameters of the cell that it is made of, without those of its memory.
  const has = (set: Parameters) =>
    Object.keys(set).every((name) => name.startsWith("$") || texts.get(cell)!.includes(`parameter integer ${name} `));
  const { sets, broken } = plan;
  return {
    ...plan,
    ...(sets ? { sets: sets.filter(has) } : {}),
    ...(broken ? { broken: broken.filter((b) => has(b.set)) } : {}),
  };
}

const withoutDepths = (set: Parameters): Parameters =>
  Object.fromEntries(Object.entries(set).filter(([key]) => !key.startsWith("$")));

function describeSet(set: Parameters): string {
  const entries = Object.entries(set).map(([name, value]) => `${name}=${value}`);
  return entries.length > 0 ? entries.join(" ") : "defaults";
}

/** The rules of a cell: name of the wire and its line. */
function rulesOf(source: string): Map<string, number> {
  const rules = new Map<string, number>();
  source.split("\n").forEach((line, index) => {
    const name = /begin\s*:\s*g_rule_\w+\s+wire\s+(\w+)/.exec(line)?.[1];
    if (name) rules.set(name, index + 1);
  });
  return rules;
}

interface Task {
  cell: string;
  check: () => Promise<string[]>;
}

function tasksOf(cell: string, failures: string[]): Task[] {
  const lint = readPlan(cell, "lint.json");
  const formal = readPlan(cell, "formal.json");
  const inside = withSubcells([cell], texts).filter((c) => c !== cell);
  const sources = [...inside, cell].map(fileOf);
  const rules = rulesOf(texts.get(cell)!);
  // A cell must stop as well where it breaks a rule of one inside it.
  const at = new Map(
    [...inside, cell].flatMap((c) => [...rulesOf(texts.get(c)!)].map(([r, line]) => [r, `${c}.v:${line}:`])),
  );
  const sets = [{}, ...(formal.sets ?? []).map(withoutDepths), ...(lint.sets ?? [])];

  const quiet = newestTool ? { ...tools, "the newest verilator": newestTool } : tools;
  const silence = sets.flatMap((set) =>
    Object.entries(quiet).map(([name, tool]) => ({
      cell,
      check: async () => {
        const { stopped, output: all } = await tool(cell, sources, set);
        const waived = (lint.waived ?? []).filter((w) => name.endsWith(w.tool) && w.because !== "");
        const lines = all.split("\n").filter((line) => !waived.some((w) => line.startsWith(w.says)));
        const output = lines.join("\n").trim();
        return stopped || output !== "" ? [`${cell}: ${name} with ${describeSet(set)}:\n${output}`] : [];
      },
    })),
  );

  const broken = lint.broken ?? [];
  for (const { rule } of broken) if (!at.has(rule)) failures.push(`${cell}: lint.json breaks an unknown rule ${rule}`);
  for (const rule of rules.keys())
    if (!broken.some((entry) => entry.rule === rule))
      failures.push(`${cell}: no broken set for rule ${rule} in lint.json`);

  const stops = broken.map(({ rule, set }) => ({
    cell,
    check: async () => {
      const found: string[] = [];
      let named = false;
      for (const [name, tool] of Object.entries(tools)) {
        const { stopped, output } = await tool(cell, sources, set);
        if (!stopped) found.push(`${cell}: ${name} takes ${describeSet(set)}, which breaks ${rule}`);
        if (output.includes(at.get(rule)!)) named = true;
      }
      if (!named) found.push(`${cell}: no tool names the line of ${rule} for ${describeSet(set)}`);
      return found;
    },
  }));
  return [...silence, ...stops];
}

const known = [...texts.keys()];
const chosen = process.argv.length > 2 ? process.argv.slice(2) : known;
const strangers = chosen.filter((cell) => !known.includes(cell));
if (strangers.length > 0) {
  console.error(`no templates/<cell>.v for: ${strangers.join(", ")}`);
  process.exit(2);
}

const shared = [
  ...[import.meta.filename, join(import.meta.dirname, "chparam.ts")].map((f) => readFileSync(f, "utf8")),
  ...(await Promise.all([verilatorVersion(), icarusVersion(), version("yosys", "-V")])),
  newest ? await version(newest.path, "--version") : "",
];
const passed = join(root, ".cache", "lint");
mkdirSync(passed, { recursive: true });
const mark = (cell: string): string => join(passed, cell);

/** Of everything that a cell's verdict rests on. */
function stateOf(cell: string): string {
  const plans = ["lint.json", "formal.json"].map((file) => JSON.stringify(readPlan(cell, file)));
  return hashOf([...shared, ...plans, ...withSubcells([cell], texts).flatMap((c) => [c, texts.get(c)!])]);
}

const kept = chosen.filter((c) => existsSync(mark(c)) && readFileSync(mark(c), "utf8") === stateOf(c));
const failures: string[] = [];
const queue = chosen.filter((cell) => !kept.includes(cell)).flatMap((cell) => tasksOf(cell, failures));
const checks = new Map<string, number>();
const failed = new Map<string, number>();
for (const cell of chosen) failed.set(cell, failures.filter((text) => text.startsWith(`${cell}:`)).length);

async function worker(): Promise<void> {
  for (let task = queue.shift(); task; task = queue.shift()) {
    const found = await task.check();
    failures.push(...found);
    checks.set(task.cell, (checks.get(task.cell) ?? 0) + 1);
    failed.set(task.cell, (failed.get(task.cell) ?? 0) + found.length);
  }
}
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker));

for (const text of failures) console.log(`${text}\n`);
for (const cell of chosen) {
  const faults = failed.get(cell) ?? 0;
  if (kept.includes(cell)) {
    console.log(`${cell.padEnd(18)} passed before`);
    continue;
  }
  if (faults === 0) writeFileSync(mark(cell), stateOf(cell));
  console.log(
    `${cell.padEnd(18)} ${String(checks.get(cell) ?? 0).padStart(3)} checks  ${faults === 0 ? "ok" : `${faults} FAILED`}`,
  );
}
process.exitCode = failures.length === 0 ? 0 : 1;
