// The command line: argv to commands, outcomes to exit codes. 0 fine, 1 wrong input or failed check, 2 usage, 70 fault.

import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { simulatorChoices, simulators } from "../../testbench/lib/simulators.ts";
import { printable, printableJson } from "../diagnostics/print.ts";
import { exportFormats } from "../export/index.ts";
import { architectures } from "../import/pytorch/architectures.ts";
import { METHODS, MODES } from "../ir/quantize-options.ts";
import { type Console, makeConsole, report } from "./console.ts";
import { later } from "./later.ts";
import { checkNumbers, UsageError } from "./numbers.ts";
import { compareOptions, synthOptions } from "./synth-options.ts";

// What a command does is loaded when it runs: --help and mistakes in usage answer at once.
const commands = later(() => import("./commands.ts"));
const { verifyBitstream } = later(() => import("./bitstream.ts"));
const { compareCommand } = later(() => import("./compare.ts"));
const { exploreCommand } = later(() => import("./explore.ts"));
const { isFolder, verifyFolder } = later(() => import("./folder.ts"));
const { verifyNetlist } = later(() => import("./netlist.ts"));
const { newBenchCommand } = later(() => import("./new-bench.ts"));
const { synthCommand } = later(() => import("./synth.ts"));
const { targetOf } = later(() => import("../targets/index.ts"));

const network = {
  describe: "network file (or integers.json of addernet quantize)",
  type: "string",
  demandOption: true,
} as const;
const quantizeOptions = {
  calibration: { describe: "calibration images (.npy); the network file may name them", type: "string" },
  "calibration-count": { describe: "use the first N of them", type: "number" },
  bits: { describe: "bits of activations and weights", type: "number" },
  "join-bits": { describe: "bits at least of what residual adds and means read", type: "number" },
  "product-bits": { describe: "bits at least of conv2d and linear", type: "number" },
  mode: { describe: "requantize multipliers: integers, one or two powers of two", choices: MODES },
  method: { describe: "what fixes an edge's range", choices: METHODS },
  percentile: { describe: "share that method percentile covers, in percent", type: "number" },
  "multiplier-bits": { describe: "bits of a multiplier in mode full", type: "number" },
} as const;
const buildOptions = {
  ...quantizeOptions,
  fps: { describe: "frames a second to reach", type: "number" },
  clock: { describe: "clock in MHz; left out, the target's, or 100", type: "number" },
  pe: { describe: "output channels at a time, LAYER=N[,LAYER=N]", type: "string" },
  simd: { describe: "taps at a time, LAYER=N[,LAYER=N]", type: "string" },
  pixels: { describe: "pixels of the layer's input in one beat, LAYER=N[,LAYER=N]", type: "string" },
  unroll: { describe: "layers whose weights become logic, LAYER[,LAYER] or all", type: "string" },
  kernel: {
    describe: "L1 kernel: 0 signed tree, 1 shared sum; left out, the target's smaller one for each array, or 0",
    choices: [0, 1],
    type: "number",
  },
} as const;
const targetOption = {
  alias: "t",
  describe: "board or device family to choose the folds for: least logic for --fps, or the fastest that fits",
  type: "string",
} as const;

/** The clock that was asked for, or else the target's. */
const withClock = async <A extends { clock?: number | undefined; target?: string | undefined }>(a: A) => ({
  ...a,
  clock: a.clock ?? (a.target === undefined ? undefined : (await targetOf(a.target)).board?.clock.MHz) ?? 100,
});
const outOption = { alias: "output", describe: "output folder", type: "string", demandOption: true } as const;
const forceOption = {
  describe: "write beside other files, and over output that was changed; no other file is replaced or removed",
  type: "boolean",
  default: false,
} as const;

/** Runs the command line; gives the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  let code = 0;
  const usage: string[] = [];
  const json = argv.includes("--json");
  const command = argv.find((a) => !a.startsWith("-")) ?? "";
  const out: Console = makeConsole(json, command);
  const parser = yargs([...argv])
    .scriptName("addernet")
    .usage("$0 <command>\n\nA trained AdderNet becomes Verilog that is proven right.")
    .option("json", { describe: "print the result as JSON", type: "boolean", default: false })
    .command(
      "check <network>",
      "read a network file and print its layers",
      (y) =>
        y.positional("network", network).option("watch", {
          describe: "check again at every change of the file or its weights, until interrupted",
          type: "boolean",
          default: false,
        }),
      async (a) => {
        if (!a.watch) return commands.check(a.network, out);
        const { watch } = await import("./watch.ts");
        await watch(a.network, () => commands.check(a.network, out), out);
      },
    )
    .command(
      "quantize <network>",
      "write the network in integers",
      (y) =>
        y.positional("network", network).options(quantizeOptions).option("o", outOption).option("force", forceOption),
      (a) => commands.quantizeCommand(a.network, a.o, a, a.force, out),
    )
    .command(
      "infer <network>",
      "compute images with the golden model (or the float reference)",
      (y) =>
        y.positional("network", network).options({
          ...quantizeOptions,
          images: { describe: "images (.npy)", type: "string", demandOption: true },
          labels: { describe: "labels (.npy): print the accuracy", type: "string" },
          count: { describe: "use the first N images", type: "number" },
          float: { describe: "the float reference instead of integers", type: "boolean", default: false },
          real: {
            describe: "real values, scale * (q - zero point), in place of the integers",
            type: "boolean",
            default: false,
          },
          layer: {
            describe: "tensor to print or write: a layer, or NAME.acc; every output where left out",
            type: "string",
          },
          output: {
            alias: "o",
            describe: "write the tensor to this .npy file, or all outputs to an .npz",
            type: "string",
          },
        }),
      (a) => commands.infer(a.network, a, out),
    )
    .command(
      "build <network>",
      "write the accelerator: Verilog, memory files, test bench, manifest",
      (y) =>
        y
          .positional("network", network)
          .options({
            ...buildOptions,
            target: targetOption,
            images: {
              describe:
                "images of the stand-alone test bench, the first two (.npy); the calibration images where left out",
              type: "string",
            },
          })
          .option("o", outOption)
          .option("force", forceOption),
      async (a) => commands.build(a.network, a.o, await withClock(a), a.force, out),
    )
    .command(
      "verify <network>",
      "simulate the accelerator and compare every layer with the golden model; of a built folder, as it lies there",
      (y) =>
        y.positional("network", network).options({
          ...buildOptions,
          simulator: { describe: "simulator", choices: simulatorChoices, default: simulators[0] },
          images: { describe: "images (.npy); the calibration images where left out", type: "string" },
          count: { describe: "number of images", type: "number", default: 2 },
          stall: { describe: "share of clocks in which source and sink rest, 0 to 0.9", type: "number", default: 0 },
          seed: { describe: "seed of stalls and of the random initial state", type: "number", default: 1 },
          waves: { describe: "on a difference keep a VCD of that stretch in ./waves", type: "boolean", default: false },
          stage: {
            describe: "what is simulated: the Verilog, its netlist, or the bitstream (iCE40)",
            choices: ["rtl", "netlist", "bitstream"],
            default: "rtl",
          },
          target: { ...targetOption, describe: `${targetOption.describe}; of the netlist too (ice40)` },
          native: synthOptions.native,
        }),
      async (a) => {
        if (await isFolder(a.network)) {
          code = await verifyFolder(a.network, a, out);
          return;
        }
        const stages = { rtl: commands.verifyCommand, netlist: verifyNetlist, bitstream: verifyBitstream };
        // A netlist is one of some target; the Verilog needs none.
        const target = a.target ?? (a.stage === "rtl" ? undefined : "ice40");
        const args = { ...a, clock: (await withClock(a)).clock, ...(target === undefined ? {} : { target }) };
        code = await stages[a.stage as keyof typeof stages](a.network, args as typeof args & { target: string }, out);
      },
    )
    .command(
      "export <network>",
      "write the quantized weights",
      (y) =>
        y
          .positional("network", network)
          .options({
            ...quantizeOptions,
            format: { describe: "format", choices: [...exportFormats.keys()], demandOption: true },
            folded: { describe: "words as the accelerator's memories hold them", type: "boolean", default: false },
            fps: buildOptions.fps,
            clock: buildOptions.clock,
          })
          .option("o", outOption)
          .option("force", forceOption),
      async (a) => commands.exportCommand(a.network, a.o, await withClock(a), a.force, out),
    )
    .command(
      "synth <network>",
      "synthesize for a board or a device family; place, route and pack where the tools are there",
      (y) =>
        y
          .positional("network", network)
          .options({ ...quantizeOptions, ...synthOptions })
          .option("force", forceOption),
      (a) => synthCommand(a.network, a, a.force, out),
    )
    .command(
      "compare <network>",
      "the same folds with L1 layers and with multiplying layers: logic, clock, energy",
      (y) =>
        y
          .positional("network", network)
          .options({ ...quantizeOptions, ...compareOptions })
          .option("force", forceOption),
      (a) => compareCommand(a.network, a, a.force, out),
    )
    .command(
      "explore <network>",
      "designs from the smallest to the fastest on a target: frames a second against logic, as table, JSON and plot",
      (y) =>
        y
          .positional("network", network)
          .options({
            ...quantizeOptions,
            target: synthOptions.target,
            output: { alias: "o", describe: "folder of the points, the table and the plot", type: "string" },
            clock: synthOptions.clock,
            kernel: synthOptions.kernel,
            dsp: synthOptions.dsp,
            native: synthOptions.native,
            synth: { describe: "points by synthesis, not by estimate", type: "boolean", default: false },
            points: { describe: "number of points at most", type: "number", default: 24 },
            jobs: { describe: "points at a time; left out, one for each core", type: "number" },
            point: { describe: "compute these points only: 3 or 3,5 or 3-7", type: "string" },
            count: { describe: "print the number of points", type: "boolean", default: false },
            list: { describe: "print the points", type: "boolean", default: false },
            merge: { describe: "gather the points of the folder", type: "boolean", default: false },
          })
          .option("force", forceOption),
      (a) => exploreCommand(a.network, a, out),
    )
    .command("import", "bring a trained network in", (y) =>
      y
        .command(
          "pytorch <checkpoint>",
          "a state dict that torch.save wrote; no code in it is run",
          (z) =>
            z
              .positional("checkpoint", { describe: "the .pth file", type: "string", demandOption: true })
              .options({
                arch: { describe: "architecture", choices: [...architectures.keys()], demandOption: true },
                name: { describe: "name of the network", type: "string" },
              })
              .option("o", outOption)
              .option("force", forceOption),
          (a) => commands.importPytorch(a.checkpoint, a.arch, a.o, a.name, a.force, out),
        )
        .demandCommand(1, "import needs a source: pytorch"),
    )
    .command(
      "new-bench <sources..>",
      "write a test bench for any Verilog design, from its ports",
      (y) =>
        y
          .positional("sources", { describe: "Verilog files", type: "string", array: true, demandOption: true })
          .options({
            top: { describe: "module under test; left out, the one that no other instantiates", type: "string" },
            "clock-name": { describe: "its clock; left out, inputs that are called like one", type: "string" },
            output: { alias: "o", describe: "file to write; TOP.test.ts where left out", type: "string" },
          })
          .option("force", forceOption),
      (a) =>
        newBenchCommand(a.sources, { top: a.top, clock: a.clockName, output: a.output, force: a.force ?? false }, out),
    )
    .command(
      "schema",
      "print the JSON Schema of the network format",
      (y) => y.option("output", { alias: "o", describe: "write it to this file", type: "string" }),
      (a) => commands.schema(a.output, out),
    )
    .command(
      "send <folder>",
      "send images to a board on its serial line and print its answers",
      (y) =>
        y
          .positional("folder", { describe: "what addernet synth -o wrote", type: "string", demandOption: true })
          .options({
            port: { describe: "the board's serial port (/dev/ttyUSB1, COM4)", type: "string", demandOption: true },
            images: { describe: "images, stored integers (.npy)", type: "string", demandOption: true },
            first: { describe: "number of the first image, from 0", type: "number", default: 0 },
            count: { describe: "number of images", type: "number", default: 1 },
            timeout: { describe: "seconds of silence after which an answer is given up", type: "number", default: 2 },
            check: { describe: "integers.json: compare with the golden model's answers", type: "string" },
          }),
      async (a) => {
        const { sendCommand } = await import("./send.ts");
        code = await sendCommand(a.folder, a, out);
      },
    )
    .command(
      "summary <results>",
      "a page in Markdown of results that commands printed with --json, for CI",
      (y) =>
        y
          .positional("results", {
            describe: "what --json printed: a file, or a folder of .json files in the order of their names",
            type: "string",
            demandOption: true,
          })
          .options({
            output: { alias: "o", describe: "write the page to this file", type: "string" },
            junit: { describe: "write the results as JUnit XML to this file", type: "string" },
            annotations: {
              describe: "print GitHub's annotations at the lines of the network file",
              type: "boolean",
              default: false,
            },
          }),
      async (a) => {
        const { summary } = await import("./summary.ts");
        code = summary(a.results, a, out);
      },
    )
    .command(
      "doctor",
      "say which tools are installed, what each makes possible, and how to get the others",
      (y) => y,
      async () => {
        const { doctor } = await import("./doctor.ts");
        await doctor(out);
      },
    )
    .command(
      "export-script",
      "print the PyTorch exporter, one Python file that needs only torch",
      (y) => y.option("output", { alias: "o", describe: "write it to this file", type: "string" }),
      async (a) => {
        const { exportScript } = await import("./export-script.ts");
        commands.printText(exportScript(), a.output, out);
      },
    )
    .check((options) => checkNumbers(options), true)
    .demandCommand(1, "a command is needed")
    .recommendCommands()
    .strict()
    .parserConfiguration({ "duplicate-arguments-array": false })
    .help()
    .alias("h", "help")
    .version(false)
    .exitProcess(false)
    .fail((message, error) => {
      if (error && !(error instanceof UsageError)) throw error;
      const said = (message ?? error.message).replace(/\s+/g, " ");
      if (!usage.includes(said)) usage.push(said);
      // The command itself must not run.
      throw error ?? new UsageError(said);
    });
  const wrongUsage = (): number => {
    process.stderr.write(`${usage.map((m) => `addernet: ${printable(m)}\n`).join("")}Try addernet --help.\n`);
    if (json)
      process.stdout.write(`${printableJson({ command, ok: false, usage: usage.join("; "), diagnostics: [] })}\n`);
    return 2;
  };
  try {
    await parser.parseAsync();
  } catch (e) {
    if (e instanceof UsageError && usage.length === 0) usage.push(e.message);
    if (usage.length > 0) return wrongUsage();
    const known = report(e, json, command);
    if (known !== undefined) return known;
    const fault = e instanceof Error ? (e.stack ?? e.message) : String(e);
    process.stderr.write(`internal fault: ${fault}\nThis is a fault of addernet, not of your files.\n`);
    if (json) process.stdout.write(`${printableJson({ command, ok: false, fault, diagnostics: [] })}\n`);
    return 70;
  }
  return usage.length > 0 ? wrongUsage() : code;
}

if (process.argv[1] && /(cli\.ts|addernet(\.mjs)?)$/.test(process.argv[1])) {
  // A reader that closes the pipe early (head) is no fault.
  process.stdout.on("error", (e: NodeJS.ErrnoException) => {
    if (e.code !== "EPIPE") throw e;
    process.exit(0);
  });
  process.exitCode = await main(hideBin(process.argv));
}
