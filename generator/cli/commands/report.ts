// addernet report: one page of a network and its design.
import { join } from "node:path";
import { simulatorChoices } from "../../../testbench/lib/simulators.ts";
import { inputError } from "../../diagnostics/diagnostics.ts";
import type { IntTensor } from "../../ir/tensor.ts";
import type { ProofRun } from "../../report/data.ts";
import { accuracyOf, classesOf } from "../../report/numbers.ts";
import type { MeasuredTimes } from "../../report/timeline.ts";
import { builtDesign, builtSynthesis } from "../built.ts";
import { defineCommand, done, type Outcome } from "../command.ts";
import type { Console } from "../console.ts";
import { type DesignArgs, designOf } from "../design.ts";
import { readLabels } from "../files.ts";
import { type Folder, folderBench, folderImages, folderSums, openFolder, refuseDesignOptions } from "../folder.ts";
import { type ImageArgs, imagesOf, integersOf, type Opened, openNetwork } from "../network.ts";
import { UsageError } from "../numbers.ts";
import { designOptions, imageFiles, network } from "../options.ts";
import { compute, proofRun, scheduleOf, writeReport } from "../report.ts";
import { compareInSimulators, type SimulationArgs, verilogComparison } from "../simulate.ts";
import { keepDesign } from "../verify-farm.ts";

interface ReportArgs extends DesignArgs, ImageArgs, SimulationArgs {
  readonly from?: string | undefined;
  readonly labels?: string | undefined;
  readonly count?: number | undefined;
  readonly output: string;
  readonly frames: number;
}

/** Bits of the curve of accuracy, where labels are given. */
const CURVE = [3, 4, 5, 6, 8];

/** Calibration images of a report without others. */
const COUNT = 16;

/** The accuracy of the network with other bits, as `addernet infer --bits` gives it. */
function curveOf(
  path: string,
  args: ReportArgs,
  opened: Opened,
  { images, labels }: { readonly images: readonly IntTensor[]; readonly labels: readonly number[] },
  out: Console,
): { bits: number; accuracy: number }[] {
  if (!opened.graph) return [];
  return CURVE.map((bits, i) => {
    const title = `accuracy with ${bits} bits (${i + 1} of ${CURVE.length})`;
    const net = integersOf(path, opened, { ...args, bits, joinBits: bits, productBits: bits }, out, { title });
    out.progress(`${title}: images`, 0, 0);
    return { bits, accuracy: accuracyOf(classesOf(net, images, compute), labels) };
  });
}

/** A folder to report on: given with --from, or in place of a network file. */
function fromFolder(args: ReportArgs, out: Console): Folder | undefined {
  if (args.from === undefined) return undefined;
  refuseDesignOptions(args.from, args);
  return openFolder(args.from, out);
}

/** The network file beside a folder: its layers and its float reference. AN8007 where it is another network. */
function besideFolder(path: string, folder: Folder, out: Console): Opened {
  const opened = openNetwork(path, out);
  const known = new Set(opened.graph ? [opened.graph.input.name, ...opened.graph.nodes.map((n) => n.name)] : []);
  const strange = folder.net.nodes.flatMap((n) => n.layers ?? []).find((name) => !known.has(name));
  if (opened.graph && (folder.net.name !== opened.graph.name || strange !== undefined))
    throw inputError({
      code: "AN8007",
      message: `${folder.dir} is not a build of ${path}: ${strange === undefined ? `its network is ${folder.net.name}` : `it has a layer ${strange}`}`,
      expected: `the network ${opened.graph.name}`,
      hint: "without the network file the report has the folder's integers, and no float reference",
    });
  return opened;
}

async function report(given: string | undefined, args: ReportArgs, out: Console): Promise<Outcome> {
  const folder = fromFolder(args, out);
  const path = given ?? (folder && join(folder.dir, "integers.json"));
  if (path === undefined) throw new UsageError("report takes a network file, or --from with a built folder");
  const opened =
    folder && given !== undefined ? besideFolder(path, folder, out) : (folder?.opened ?? openNetwork(path, out));
  if (args.labels && !args.images)
    throw inputError({ code: "AN6001", message: "labels need their images", expected: "--images images.npy" });
  const simulates = args.simulator !== "none";
  const count = args.count ?? (args.images ? Number.MAX_SAFE_INTEGER : COUNT);
  const found = imagesOf(path, args, opened, count) ?? (folder && folderImages(folder, undefined, count));
  const images = found?.length ? found : undefined;
  if (simulates && !images)
    throw inputError({ code: "AN6001", message: "verification needs images", expected: "--images images.npy" });
  const labels = args.labels ? readLabels(args.labels, images!.length, args.count !== undefined) : undefined;
  const design = folder ? builtDesign(folder) : designOf(path, args, opened, out);
  const synthesized = folder && builtSynthesis(folder.dir);
  const runs: ProofRun[] = [];
  let measured: MeasuredTimes | undefined;
  let compared: Outcome = done();
  if (simulates && images) {
    const { net, hardware } = design;
    // The model is kept under the design's hash, so that verify and another report find it.
    const bench = folder ? folderBench(folder) : await keepDesign(design);
    const what = { net, hw: hardware, design: bench, images: images.slice(0, args.frames), source: opened.source };
    compared = await compareInSimulators(
      { ...verilogComparison(what, args), onResult: (r) => runs.push(proofRun(r, args.stall)) },
      { ...args, report: args.output },
      out,
    );
    measured = await scheduleOf(design, bench, images, runs, out);
  }
  const byBits = labels && images ? curveOf(path, args, opened, { images, labels }, out) : [];
  const parts = {
    opened,
    design,
    images,
    labels,
    byBits,
    runs,
    measured,
    synthesized,
    checksums: folder && folderSums(folder),
  };
  const data = await writeReport(args.output, parts, out);
  return { ...compared, result: { file: args.output, report: data } };
}

export const command = defineCommand({
  positionals: { network: { ...network, demandOption: false } },
  options: {
    ...designOptions,
    from: {
      describe:
        "a folder written by addernet build or synth, to report on as it is; with the network file, the float reference is added",
      type: "string",
    },
    output: { alias: "o", describe: "file to write the page to", type: "string", default: "report.html" },
    images: {
      describe: `images (${imageFiles}) for histograms, errors and accuracy; default: ${COUNT} calibration images`,
      type: "string",
    },
    labels: { describe: "their labels (.npy): accuracy, confusion matrix, wrong images", type: "string" },
    count: { describe: "use the first N images", type: "number" },
    simulator: {
      describe: "simulate the design, so that the page has the proof and the measured clocks",
      choices: [...simulatorChoices, "none"],
      default: "none",
    },
    frames: { describe: "number of images to simulate", type: "number", default: 2 },
    stall: { describe: "share of the clocks in which source and sink pause, 0 to 0.9", type: "number", default: 0 },
    seed: { describe: "seed of the stalls and of the random initial state", type: "number", default: 1 },
    waves: {
      describe: "where something differs, keep a waveform (VCD) around it in ./waves",
      type: "boolean",
      default: false,
    },
  },
  run: (args, out) => report(args.network, args, out),
});
