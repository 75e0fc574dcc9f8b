// The page of a report as commands write it: what is known of a network and its design.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { runBatch } from "../../golden/index.ts";
import { icarusVersion, verilatorVersion } from "../../testbench/lib/build/tools.ts";
import type { SimulatorName } from "../../testbench/lib/simulators.ts";
import type { Design } from "../design.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { shellWord } from "../names/shell.ts";
import type { ComparisonReport, ExplorationReport, ProofRun, ReportData } from "../report/data.ts";
import type { Synthesized } from "../report/design.ts";
import type { Compute } from "../report/numbers.ts";
import { reportPage } from "../report/page.ts";
import { reportData } from "../report/report.ts";
import type { MeasuredTimes } from "../report/timeline.ts";
import { compilerVersion, reportAssets } from "../templates.ts";
import { clockFaultText } from "../verify/clocks.ts";
import { measureSchedule } from "../verify/measure.ts";
import type { Console } from "./console.ts";
import { filesRead } from "./inputs.ts";
import type { Opened } from "./network.ts";
import { writeWhole } from "./output.ts";
import type { Comparison, Simulated } from "./simulate.ts";

const digest = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** What the verifier found, in the report's words. */
export function proofRun(r: Simulated, stall: number, stage = "Verilog"): ProofRun {
  const { sim, mismatch, clockFaults, interval, ...facts } = r;
  return {
    ...facts,
    stage,
    simulator: sim,
    stall,
    interval: interval ?? null,
    faults: clockFaults.map(clockFaultText),
    mismatch: mismatch
      ? {
          ...mismatch,
          expected: String(mismatch.expected),
          actual: String(mismatch.actual),
          waves: mismatch.waves ? basename(mismatch.waves) : null,
          place: mismatch.place ?? null,
          wave: mismatch.wave ?? null,
        }
      : null,
  };
}

const versions: Readonly<Record<SimulatorName, () => Promise<string>>> = {
  verilator: verilatorVersion,
  icarus: icarusVersion,
};

export interface ReportParts {
  readonly opened: Opened;
  readonly design: Design;
  readonly images?: readonly IntTensor[] | undefined;
  readonly labels?: readonly number[] | undefined;
  readonly byBits?: readonly { readonly bits: number; readonly accuracy: number }[];
  readonly runs?: readonly ProofRun[];
  readonly measured?: MeasuredTimes | undefined;
  readonly synthesized?: Synthesized | undefined;
  /** SHA-256 of the files of a built folder; default: of those that the design has. */
  readonly checksums?: readonly (readonly [path: string, sha256: string])[] | undefined;
  readonly exploration?: ExplorationReport | undefined;
  readonly comparison?: ComparisonReport | undefined;
}

/** Images of a page that other commands write: the first ones of what they take. */
export const REPORT_IMAGES = 16;

export const compute: Compute = (net, images, keep) => runBatch(net, images, { keep });

/** Gathers a report, and writes its page to `file`. */
export async function writeReport(file: string, parts: ReportParts, out: Console): Promise<ReportData> {
  const {
    opened,
    design,
    images,
    labels,
    byBits = [],
    runs = [],
    measured,
    synthesized,
    checksums,
    exploration,
    comparison,
  } = parts;
  const tools = await Promise.all(
    [...new Set(runs.map((r) => r.simulator as SimulatorName))].map(async (name) => ({
      name,
      version: await versions[name](),
    })),
  );
  out.progress("schedule and logic of the report", 0, 0);
  const data = reportData({
    version: compilerVersion(),
    design,
    graph: opened.graph,
    synthesized,
    measured,
    exploration,
    comparison,
    numbers: images?.length
      ? {
          images,
          labels,
          compute,
          byBits,
          onProgress: out.progress,
        }
      : undefined,
    proof: {
      runs,
      tools: [{ name: "addernet-rtl", version: compilerVersion() }, ...tools],
      files: [
        ...filesRead().map((path) => ({ name: basename(path), sha256: digest(readFileSync(path)) })),
        ...[...(checksums ?? [...design.files].map(([name, text]) => [name, digest(text)] as const))].map(
          ([name, sha256]) => ({ name: `build/${name}`, sha256 }),
        ),
      ],
      command: `addernet ${out.argv.map(shellWord).join(" ")}`,
    },
  });
  out.progress(`writing ${file}`, 0, 0);
  writeWhole(file, reportPage(data, reportAssets()));
  out.line(`wrote ${file}`);
  return data;
}

/** The schedule in the simulator of the first run, where all runs are of Verilog without stalls and found no difference. */
export function scheduleOf(
  design: Design,
  bench: Comparison["design"],
  images: readonly IntTensor[],
  runs: readonly ProofRun[],
  out: Console,
): Promise<MeasuredTimes | undefined> {
  const [first] = runs;
  const wrong = (r: ProofRun) => r.stall > 0 || r.mismatch !== null || r.faults.length > 0;
  if (!first || runs.some(wrong)) return Promise.resolve(undefined);
  const sim = first.simulator as SimulatorName;
  out.progress(`${sim}: measuring the schedule`, 0, 0);
  return measureSchedule(design.hardware, bench, images, sim);
}

/** A comparison whose results go into a report, where one is asked for: `report` writes it when they are there. */
export function reported(
  c: Comparison,
  args: { readonly report?: string | undefined; readonly stall: number },
): { comparison: Comparison; report(parts: Omit<ReportParts, "runs">, out: Console): Promise<void> } {
  const runs: ProofRun[] = [];
  return {
    comparison: { ...c, onResult: (r) => runs.push(proofRun(r, args.stall, c.stage)) },
    async report(parts, out) {
      if (args.report === undefined) return;
      const measured =
        c.stage === undefined ? await scheduleOf(parts.design, c.design, c.images, runs, out) : undefined;
      await writeReport(args.report, { ...parts, runs, measured }, out);
    },
  };
}
