// addernet verify DIR: the Verilog of a built folder in simulation.
import { inputError } from "../diagnostics/diagnostics.ts";
import { builtDesign } from "./built.ts";
import type { Outcome } from "./command.ts";
import type { Console } from "./console.ts";
import { fitOf } from "./files.ts";
import { folderBench, folderImages, folderSums, openFolder, refuseDesignOptions } from "./folder.ts";
import { reported } from "./report.ts";
import { compareInSimulators, type VerifyArgs, verilogComparison } from "./simulate.ts";

/** The folder's Verilog against golden. */
export async function verifyFolder(
  dir: string,
  args: Pick<
    VerifyArgs,
    "simulator" | "seed" | "stall" | "waves" | "images" | "count" | "report" | "resize" | "crop"
  > & {
    readonly stage?: string;
  },
  out: Console,
): Promise<Outcome> {
  refuseDesignOptions(dir, args);
  if (args.stage !== undefined && args.stage !== "rtl")
    throw inputError({
      code: "AN7001",
      message: `--stage ${args.stage} has no effect on ${dir}: the folder holds Verilog`,
      expected: "a network file, or --stage rtl",
    });
  const folder = openFolder(dir, out);
  const { net, hw, opened } = folder;
  const images = folderImages(folder, args.images, args.count, fitOf(args));
  if (images.length === 0)
    throw inputError({ code: "AN6001", message: "verification needs images", expected: "--images images.npy" });
  // What a report cannot be made of is told before the simulation.
  const design = args.report === undefined ? undefined : builtDesign(folder);
  const what = verilogComparison({ net, hw, design: folderBench(folder), images, source: undefined }, args);
  const { comparison, report } = reported(what, args);
  const outcome = await compareInSimulators(comparison, args, out);
  if (design) await report({ opened, design, images, checksums: folderSums(folder) }, out);
  return outcome;
}
