// The page of a report as commands write it: what is known of a network and its design.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { runBatch } from "../../golden/index.ts";
import { icarusVersion, verilatorVersion } from "../../testbench/lib/build/tools.ts";
import type { SimulatorName } from "../../testbench/lib/simulators.ts";
import type { Design } from "../design.ts";
import type { IntTensor } from "../ir/tensor.ts";
import type { ProofRun, ReportData } from "../report/data.ts";
import type { Synthesized } from "../report/design.ts";
import type { Compute } from "../report/numbers.ts";
import { reportPage } from "../report/page.ts";
import { reportData } from "../report/report.ts";
import { compilerVersion, reportAssets } from "../templates.ts";
import { clockFaultText } from "../verify/clocks.ts";
import type { VerifyResult } from "../verify/verify.ts";
import { type Console, shellWord } from "./console.ts";
import { filesRead } from "./inputs.ts";
import type { Opened } from "./network.ts";
import { writeWhole } from "./output.ts";

const digest = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** What the verifier found, in the report's words. */
export function proofRun(r: VerifyResult, stall: number): ProofRun {
  const { sim, mismatch, clockFaults, outputs: _, interval, ...facts } = r;
  return {
    ...facts,
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
  readonly synthesized?: Synthesized | undefined;
}

export const compute: Compute = (net, images, keep) => runBatch(net, images, { keep });

/** Gathers a report, and writes its page to `file`. */
export async function writeReport(file: string, parts: ReportParts, out: Console): Promise<ReportData> {
  const { opened, design, images, labels, byBits = [], runs = [], synthesized } = parts;
  const tools = await Promise.all(
    [...new Set(runs.map((r) => r.simulator as SimulatorName))].map(async (name) => ({
      name,
      version: await versions[name](),
    })),
  );
  const data = reportData({
    version: compilerVersion(),
    design,
    graph: opened.graph,
    synthesized,
    numbers: images?.length
      ? {
          images,
          labels,
          compute,
          byBits,
          onProgress: (what, done, total) => out.progress(what, done, total),
        }
      : undefined,
    proof: {
      runs,
      tools: [{ name: "addernet-rtl", version: compilerVersion() }, ...tools],
      files: [
        ...filesRead().map((path) => ({ name: basename(path), sha256: digest(readFileSync(path)) })),
        ...[...design.files].map(([name, text]) => ({ name: `build/${name}`, sha256: digest(text) })),
      ],
      command: `addernet ${out.argv.map(shellWord).join(" ")}`,
    },
  });
  writeWhole(file, reportPage(data, reportAssets()));
  out.line(`wrote ${file}`);
  return data;
}
