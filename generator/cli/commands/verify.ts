// addernet verify: simulates the accelerator and compares it with the golden model.
import { join } from "node:path";
import { temporaryFolder } from "../../../testbench/lib/children.ts";
import { simulatorChoices, simulators } from "../../../testbench/lib/simulators.ts";
import { probeDesign } from "../../verify/verify.ts";
import { verifyBitstream } from "../bitstream.ts";
import { defineCommand, type Outcome } from "../command.ts";
import type { Console } from "../console.ts";
import { designOf } from "../design.ts";
import { isFolder, verifyFolder } from "../folder.ts";
import { verifyNetlist } from "../netlist.ts";
import { neededImages, openNetwork } from "../network.ts";
import { designOptions, imageFiles, native, network } from "../options.ts";
import { writeFolder } from "../output.ts";
import { compareInSimulators, type VerifyArgs, verilogComparison } from "../simulate.ts";

async function verifyRtl(path: string, args: VerifyArgs, out: Console): Promise<Outcome> {
  const opened = openNetwork(path, out);
  const { net, hardware: hw, files } = designOf(path, args, opened, out);
  const images = neededImages(path, args, opened, args.count);
  const { path: dir, remove } = temporaryFolder("addernet-verify-");
  try {
    writeFolder(join(dir, "build"), files, "build", true);
    const design = probeDesign(hw, join(dir, "build"), files.keys());
    return await compareInSimulators(
      verilogComparison({ net, hw, design, images, source: opened.source }, args),
      args,
      out,
    );
  } finally {
    remove();
  }
}

export const command = defineCommand({
  positionals: { network },
  options: {
    ...designOptions,
    simulator: { describe: "simulator", choices: simulatorChoices, default: simulators[0] },
    images: { describe: `images (${imageFiles}); the calibration images where left out`, type: "string" },
    count: { describe: "number of images", type: "number", default: 2 },
    stall: { describe: "share of clocks in which source and sink rest, 0 to 0.9", type: "number", default: 0 },
    seed: { describe: "seed of stalls and of the random initial state", type: "number", default: 1 },
    waves: { describe: "on a difference keep a VCD of that stretch in ./waves", type: "boolean", default: false },
    stage: {
      describe: "what is simulated: the Verilog, its netlist, or the bitstream (iCE40)",
      choices: ["rtl", "netlist", "bitstream"],
      default: "rtl",
    },
    target: { ...designOptions.target, describe: `${designOptions.target.describe}; of the netlist too (ice40)` },
    native,
  },
  async run(args, out) {
    if (isFolder(args.network)) return verifyFolder(args.network, args, out);
    if (args.stage === "rtl") return verifyRtl(args.network, args, out);
    // A netlist is one of some target; the Verilog needs none.
    const target = args.target ?? "ice40";
    const stage = args.stage === "netlist" ? verifyNetlist : verifyBitstream;
    return stage(args.network, { ...args, target }, out);
  },
});
