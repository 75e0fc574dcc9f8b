// addernet verify: simulates the accelerator and compares it with the golden model.
import { join } from "node:path";
import {
  chosenSimulators,
  type SimulatorName,
  simulatorChoices,
  simulators,
} from "../../../testbench/lib/simulators.ts";
import { InputError } from "../../diagnostics/diagnostics.ts";
import { listedJson } from "../../diagnostics/print.ts";
import { verifyBitstream } from "../bitstream.ts";
import { defineCommand, type Outcome, outcomeOf } from "../command.ts";
import { type Console, outcomeJson } from "../console.ts";
import { designOf } from "../design.ts";
import { checkFarm, type FarmArgs } from "../farm.ts";
import { farmOptions } from "../farm-options.ts";
import { isFolder } from "../folder.ts";
import { verifyNetlist } from "../netlist.ts";
import { neededImages, openNetwork } from "../network.ts";
import { UsageError } from "../numbers.ts";
import { designOptions, imageFiles, native, network, reportFile } from "../options.ts";
import { writeWhole } from "../output.ts";
import { reported } from "../report.ts";
import { compareInSimulators, type Simulated, simulateHere, type VerifyArgs, verilogComparison } from "../simulate.ts";
import { keepDesign, partsOf, verifyOnFarm } from "../verify-farm.ts";
import { verifyFolder } from "../verify-folder.ts";
import { optionWords, verifyMany } from "../verify-many.ts";
import { junit, type Printed } from "./summary.ts";

interface RtlArgs extends VerifyArgs, FarmArgs {
  readonly output?: string | undefined;
  readonly imagesAJob?: number | undefined;
}

async function verifyRtl(path: string, args: RtlArgs, out: Console): Promise<Outcome> {
  if (args.farm !== undefined) await checkFarm(args);
  const opened = openNetwork(path, out);
  const design = designOf(path, args, opened, out);
  const { net, hardware: hw } = design;
  const images = neededImages(path, args, opened, args.count);
  const { source } = opened;
  // The model is kept under the design's hash, so a second run finds it.
  const here = { net, hw, design: await keepDesign(design), images, source };
  const { comparison, report } = reported(verilogComparison(here, args), args);
  const compare = async (simulate?: (sim: SimulatorName) => Promise<Simulated>): Promise<Outcome> => {
    const outcome = await compareInSimulators({ ...comparison, ...(simulate ? { simulate } : {}) }, args, out);
    await report({ opened, design, images }, out);
    return outcome;
  };
  if (args.farm === undefined && !args.dryRun) return compare();
  const sims = chosenSimulators(args.simulator);
  const jobs = join(args.output!, "jobs");
  const answer = await verifyOnFarm(design, images, sims, jobs, args, out).catch((e) => {
    throw e instanceof InputError && !e.source ? new InputError(e.diagnostics, source) : e;
  });
  if ("plan" in answer) return answer.plan;
  const simulate = async (sim: SimulatorName): Promise<Simulated> => {
    const m = answer.merged.get(sim)!;
    if (!m.mismatch || !args.waves) return m;
    const part = partsOf(images.length, hw.interval, args.imagesAJob).findLast((p) => p.from <= m.mismatch!.frame)!;
    const again = await simulateHere({ ...here, images: images.slice(part.from, part.from + part.count) }, sim, args);
    const { waves } = again.mismatch ?? {};
    return { ...m, mismatch: { ...m.mismatch, ...(waves ? { waves } : {}) } };
  };
  return compare(simulate);
}

const options = {
  ...designOptions,
  simulator: { describe: "simulator", choices: simulatorChoices, default: simulators[0] },
  images: { describe: `images (${imageFiles}); default: the calibration images`, type: "string" },
  count: { describe: "number of images", type: "number", default: 2 },
  stall: { describe: "share of the clocks in which source and sink pause, 0 to 0.9", type: "number", default: 0 },
  seed: { describe: "seed of the stalls and of the random initial state", type: "number", default: 1 },
  waves: {
    describe: "where something differs, keep a waveform (VCD) around it in ./waves",
    type: "boolean",
    default: false,
  },
  stage: {
    describe: "what is simulated: the Verilog, its netlist, or the bitstream (iCE40)",
    choices: ["rtl", "netlist", "bitstream"],
    default: "rtl",
  },
  target: {
    ...designOptions.target,
    describe: `${designOptions.target.describe}; also the family of the netlist (ice40)`,
  },
  native,
  ...farmOptions,
  "images-a-job": {
    describe: "images per simulation with --farm, at least 2; default: a few seconds' worth",
    type: "number",
  },
} as const;

export const command = defineCommand({
  positionals: { networks: { ...network, array: true } },
  options: {
    ...options,
    output: { alias: "o", describe: "folder for the jobs of --farm", type: "string" },
    jobs: { describe: "networks verified at a time; default: one per core", type: "number" },
    junit: { describe: "write the results as JUnit XML to this file", type: "string" },
    report: reportFile,
    results: { describe: "also write what --json prints to this file", type: "string" },
  },
  async run({ networks, ...args }, out) {
    const elsewhere = args.farm !== undefined || args.dryRun;
    if (elsewhere && !args.output) throw new UsageError("--farm needs --output, the folder of the jobs");
    if (elsewhere && (args.stage !== "rtl" || networks.some(isFolder)))
      throw new UsageError("--farm takes network files and --stage rtl");
    if (args.report !== undefined && networks.length > 1)
      throw new UsageError("--report takes one network file or built folder");
    const verifyOne = async (path: string): Promise<Outcome> => {
      if (isFolder(path)) return verifyFolder(path, args, out);
      if (args.stage === "rtl") return verifyRtl(path, args, out);
      // A netlist is one of some target; the Verilog needs none.
      const target = args.target ?? "ice40";
      const stage = args.stage === "netlist" ? verifyNetlist : verifyBitstream;
      return stage(path, { ...args, target }, out);
    };
    let outcome: Outcome;
    let printed: readonly Printed[];
    if (networks.length > 1) {
      const { jobs, output } = args;
      ({ outcome, printed } = await verifyMany({ networks, words: optionWords(args, options), jobs, output }, out));
    } else {
      // A failure is a result for the files as well.
      const wanted = args.junit !== undefined || args.results !== undefined;
      outcome = await (wanted ? verifyOne(networks[0]!).catch(outcomeOf) : verifyOne(networks[0]!));
      printed = [{ ...(outcomeJson("verify", outcome) as unknown as Printed), file: networks[0]! }];
    }
    if (args.junit !== undefined) writeWhole(args.junit, junit(printed));
    if (args.results !== undefined) writeWhole(args.results, `${listedJson(outcomeJson("verify", outcome))}\n`);
    return outcome;
  },
});
