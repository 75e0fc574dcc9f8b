// Proves the properties that the cells carry under `ifdef FORMAL`, with Yosys and z3.
//
//   npm run formal                      every cell that has a formal.json
//   npm run formal -- axis_fifo ...     these cells only
//   npm run formal -- --jobs 1 --keep   one solver at a time; keep the work folder
//   npm run formal -- --nightly         the sets that take minutes, too
//
// The parameter sets of templates/<cell>.v live in testbench/cells/<cell>/formal.json:
//
//   {
//     "bmc": 15,            clocks from reset in which no assertion may fail
//     "induction": 15,      depth of the induction step; 0: bounded proof only
//     "cover": 20,          clocks within which every cover statement must be reached
//     "sets": [
//       { "WIDTH": 4 },                          parameters by name: integers or strings
//       { "WIDTH": 1, "$bmc": 30, "$cover": 0 }, a key with $ overrides a depth for this set; 0 skips the run
//       { "WIDTH": 5, "$long": 1 },              begun before the others, so that it does not run alone in the end
//       { "WIDTH": 9, "$nightly": 1 }            takes minutes: with --nightly alone, and begun first
//     ]
//   }
//
// The cells that a cell instantiates are read with their properties too: what they assume when they are proved alone, under
// `ifdef FORMAL_TOP, is asserted of the cell around them. Every set is proved from reset (bmc), for any reachable or unreachable start (induction), and its covers must
// be reached. The exit code is 1 when an assertion fails, a cover is not reached or a tool gives up.

import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { withSubcells } from "../generator/cells/closure.ts";
import { cellSources } from "../generator/cli/files.ts";
import { chparam } from "./chparam.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cellsDir = join(root, "testbench", "cells");
const sources = cellSources();
const solverMegabytes = 1500;

type Depth = "bmc" | "induction" | "cover";
const depths: readonly Depth[] = ["bmc", "induction", "cover"];
const modeFlags: Record<Depth, readonly string[]> = { bmc: [], induction: ["-i"], cover: ["-c"] };

type Parameters = Record<string, number | string>;
interface Plan extends Record<Depth, number> {
  sets: Parameters[];
}
interface Job {
  cell: string;
  uses: readonly string[];
  parameters: Parameters;
  depth: Record<Depth, number>;
  /** Begun before those of a lower number. */
  urgency: number;
  nightly: boolean;
}
interface Outcome {
  job: Job;
  verdict: Record<Depth, string>;
  seconds: number;
  log: string;
  failed: boolean;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: "string" },
    keep: { type: "boolean", default: false },
    nightly: { type: "boolean", default: false },
  },
});
/** For one run of a solver: minutes where other work runs beside it. */
const timeoutMs = 900_000;

function readJobs(cell: string): Job[] {
  const plan = JSON.parse(readFileSync(join(cellsDir, cell, "formal.json"), "utf8")) as Plan;
  return plan.sets.map((set) => {
    const parameters: Parameters = {};
    const depth = { bmc: plan.bmc, induction: plan.induction, cover: plan.cover };
    const marks = { long: 0, nightly: 0 };
    for (const [key, value] of Object.entries(set)) {
      if (!key.startsWith("$")) parameters[key] = value;
      else if ((depths as readonly string[]).includes(key.slice(1))) depth[key.slice(1) as Depth] = Number(value);
      else if (key === "$long" || key === "$nightly") marks[key.slice(1) as keyof typeof marks] = Number(value);
      else throw new Error(`${cell}: unknown key ${key} in formal.json`);
    }
    const uses = withSubcells([cell], sources).filter((c) => c !== cell);
    return { cell, uses, parameters, depth, urgency: marks.long + 2 * marks.nightly, nightly: marks.nightly > 0 };
  });
}

function call(tool: string, args: readonly string[], cwd: string): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    // yosys-smtbmc waits for ever where it is only asked to end.
    const limits = { timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: 1 << 28 } as const;
    execFile(tool, args, { cwd, ...limits }, (error, stdout, stderr) => {
      const late = `no answer within ${timeoutMs / 1000} s`;
      const reason = error && typeof error.code !== "number" ? `\n${tool}: ${error.killed ? late : error.message}` : "";
      resolve({ ok: error === null, output: `${stdout}${stderr}${reason}` });
    });
  });
}

function yosysScript({ cell, uses, parameters }: Job): string {
  const source = (name: string) => join(root, "templates", `${name}.v`);
  return [
    ...uses.map((name) => `read_verilog -formal -DFORMAL ${source(name)}`),
    `read_verilog -formal -DFORMAL -DFORMAL_TOP ${source(cell)}`,
    `hierarchy -check -top ${cell} ${chparam(parameters)}`,
    `prep -flatten -nordff -top ${cell}`,
    "memory_nordff",
    "async2sync",
    "dffunmap",
    "write_smt2 -wires cell.smt2",
  ].join("; ");
}

async function prove(job: Job, work: string): Promise<Outcome> {
  const cwd = mkdtempSync(join(work, `${job.cell}-`));
  const started = Date.now();
  const verdict: Record<Depth, string> = { bmc: "-", induction: "-", cover: "-" };
  let log = "";
  const yosys = await call("yosys", ["-q", "-p", yosysScript(job)], cwd);
  let failed = !yosys.ok;
  if (failed) {
    log = yosys.output;
    for (const mode of depths) verdict[mode] = "no model";
  } else {
    for (const mode of depths) {
      if (job.depth[mode] === 0) continue;
      const limits = [
        "-s",
        "z3",
        "-S",
        `-memory:${solverMegabytes}`,
        "-t",
        String(job.depth[mode]),
        "--unroll",
        "--noprogress",
      ];
      const args = [...modeFlags[mode], ...limits, "cell.smt2"];
      const { ok, output } = await call("yosys-smtbmc", args, cwd);
      verdict[mode] = ok && /Status: (PASSED|passed)/.test(output) ? `ok ${job.depth[mode]}` : "FAILED";
      if (verdict[mode] === "FAILED") {
        failed = true;
        log += `--- ${mode}\n${output.split("\n").slice(-40).join("\n")}\n`;
      }
    }
  }
  return { job, verdict, seconds: (Date.now() - started) / 1000, log, failed };
}

function printRow(columns: readonly string[]): void {
  const widths = [18, 10, 10, 10, 7];
  console.log(columns.map((text, i) => text.padEnd(widths[i] ?? 0)).join(" "));
}

const known = readdirSync(cellsDir).filter((cell) => existsSync(join(cellsDir, cell, "formal.json")));
const chosen = positionals.length > 0 ? positionals : known;
const strangers = chosen.filter((cell) => !known.includes(cell));
if (strangers.length > 0) {
  console.error(`no testbench/cells/<cell>/formal.json for: ${strangers.join(", ")}; known: ${known.join(", ")}`);
  process.exit(2);
}

const work = mkdtempSync(join(tmpdir(), "formal-"));
const all = chosen.flatMap(readJobs);
const later = options.nightly ? 0 : all.filter((job) => job.nightly).length;
const queue = all.filter((job) => options.nightly || !job.nightly).sort((a, b) => b.urgency - a.urgency);
const outcomes: Outcome[] = [];
printRow(["cell", "bmc", "induction", "cover", "s", "parameters"]);

async function worker(): Promise<void> {
  for (let job = queue.shift(); job; job = queue.shift()) {
    const outcome = await prove(job, work);
    outcomes.push(outcome);
    const { verdict, seconds } = outcome;
    const parameters = Object.entries(job.parameters).map(([name, value]) => `${name}=${value}`);
    printRow([job.cell, verdict.bmc, verdict.induction, verdict.cover, seconds.toFixed(1), parameters.join(" ")]);
    if (outcome.failed) console.log(outcome.log.trimEnd().replace(/^/gm, "    "));
  }
}

const jobs = Number(options.jobs ?? Math.min(2, availableParallelism()));
await Promise.all(Array.from({ length: jobs }, worker));

const failures = outcomes.filter((outcome) => outcome.failed).length;
if (options.keep) console.log(`work folder: ${work}`);
else rmSync(work, { recursive: true, force: true });
if (later > 0) console.log(`${later} sets are left to --nightly`);
console.log(failures === 0 ? `${outcomes.length} sets proved` : `${failures} of ${outcomes.length} sets FAILED`);
process.exitCode = failures === 0 ? 0 : 1;
