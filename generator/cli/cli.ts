// The command line: argv to commands, outcomes to exit codes. 0 fine, 1 wrong input or failed check, 2 usage, 70 fault.

import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { simulatorChoices, simulators } from "../../testbench/lib/simulators.ts";
import { printable, printableJson } from "../diagnostics/print.ts";
import { exportFormats } from "../export/index.ts";
import { TASKS, type TaskKind } from "../ir/task.ts";
import { type Console, makeConsole, report } from "./console.ts";
import { farmOptions } from "./farm-options.ts";
import { importOptions, onnxOptions } from "./import-options.ts";
import { later } from "./later.ts";
import { checkNumbers, UsageError } from "./numbers.ts";
import {
  compareOptions,
  designOptions,
  forceOption,
  imageFiles,
  native,
  network,
  outOption,
  quantizeOptions,
  spaceOptions,
  synthOptions,
} from "./options.ts";
import { systemFault } from "./system.ts";

// What a command does is loaded when it runs: --help and mistakes in usage answer at once.
const commands = later(() => import("./commands.ts"));
const { verifyBitstream } = later(() => import("./bitstream.ts"));
const { compareCommand } = later(() => import("./compare.ts"));
const { exploreCommand } = later(() => import("./explore.ts"));
const { importOnnxModel, importPytorch } = later(() => import("./import.ts"));
const { infer } = later(() => import("./infer.ts"));
const { isFolder, verifyFolder } = later(() => import("./folder.ts"));
const { verifyNetlist } = later(() => import("./netlist.ts"));
const { cancelCommand, statusCommand, workCommand } = later(() => import("./jobs.ts"));
const { newBenchCommand } = later(() => import("./new-bench.ts"));
const { synthCommand } = later(() => import("./synth.ts"));

const jobFolder = { describe: "folder of jobs", type: "string", demandOption: true } as const;

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
          images: {
            describe: `images: ${imageFiles}`,
            type: "string",
            demandOption: true,
          },
          task: {
            describe: "what the outputs are for; left out, what the network file says, or classes",
            choices: TASKS,
          },
          labels: {
            describe:
              "what is true of the images, for the task's metric: classes (.npy, MNIST or CIFAR file), masks or images (as --images), boxes (.json)",
            type: "string",
          },
          pictures: { describe: "write pictures of input, answer and difference (PNG) to this folder", type: "string" },
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
          force: forceOption,
        }),
      (a) => infer(a.network, { ...a, task: a.task as TaskKind | undefined }, a.force ?? false, out),
    )
    .command(
      "build <network>",
      "write the accelerator: Verilog, memory files, test bench, manifest",
      (y) =>
        y
          .positional("network", network)
          .options({
            ...designOptions,
            images: {
              describe:
                "images of the stand-alone test bench, the first two (.npy); the calibration images where left out",
              type: "string",
            },
          })
          .option("o", outOption)
          .option("force", forceOption),
      (a) => commands.build(a.network, a.o, a, a.force, out),
    )
    .command(
      "verify <network>",
      "simulate the accelerator and compare every layer with the golden model; of a built folder, as it lies there",
      (y) =>
        y.positional("network", network).options({
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
        }),
      async (a) => {
        if (await isFolder(a.network)) {
          code = await verifyFolder(a.network, a, out);
          return;
        }
        const stages = { rtl: commands.verifyCommand, netlist: verifyNetlist, bitstream: verifyBitstream };
        // A netlist is one of some target; the Verilog needs none.
        const target = a.target ?? (a.stage === "rtl" ? undefined : "ice40");
        const args = { ...a, ...(target === undefined ? {} : { target }) };
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
            ...designOptions,
            format: { describe: "format", choices: [...exportFormats.keys()], demandOption: true },
            folded: { describe: "words as the accelerator's memories hold them", type: "boolean", default: false },
          })
          .option("o", outOption)
          .option("force", forceOption),
      (a) => commands.exportCommand(a.network, a.o, a, a.force, out),
    )
    .command(
      "synth <network>",
      "synthesize for a board or a device family; place, route and pack where the tools are there",
      (y) => y.positional("network", network).options(synthOptions).option("force", forceOption),
      (a) => synthCommand(a.network, a, a.force, out),
    )
    .command(
      "compare <network>",
      "the same folds with L1 layers and with multiplying layers: logic, clock, energy",
      (y) => y.positional("network", network).options(compareOptions).option("force", forceOption),
      (a) => compareCommand(a.network, a, a.force, out),
    )
    .command(
      "explore <network>",
      "designs from the smallest to the fastest on a target: frames a second against logic, as table, JSON and plot",
      (y) =>
        y
          .positional("network", network)
          .options({
            ...spaceOptions,
            output: { alias: "o", describe: "folder of the points, the table and the plot", type: "string" },
            native,
            synth: { describe: "points by synthesis, not by estimate", type: "boolean", default: false },
            points: { describe: "number of points at most", type: "number", default: 24 },
            jobs: { describe: "points at a time; left out, one for each core", type: "number" },
            point: { describe: "compute these points only: 3 or 3,5 or 3-7", type: "string" },
            count: { describe: "print the number of points", type: "boolean", default: false },
            list: { describe: "print the points", type: "boolean", default: false },
            merge: { describe: "gather the points of the folder", type: "boolean", default: false },
            ...farmOptions,
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
              .options(importOptions)
              .option("o", { ...outOption, demandOption: false })
              .option("force", forceOption),
          (a) => importPytorch(a.checkpoint, a, out),
        )
        .command(
          "onnx <model>",
          "a model in ONNX or QONNX",
          (z) =>
            z
              .positional("model", { describe: "the .onnx file", type: "string", demandOption: true })
              .options(onnxOptions)
              .option("o", outOption)
              .option("force", forceOption),
          (a) => importOnnxModel(a.model, a, out),
        )
        .demandCommand(1, "import needs a source: pytorch or onnx"),
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
      "work <folder>",
      "compute jobs of a folder that a command with --farm planned (what its workers run)",
      (y) =>
        y
          .positional("folder", jobFolder)
          .option("index", { describe: "which part of the jobs", type: "number", demandOption: true }),
      async (a) => {
        code = await workCommand(a.folder, a.index, out);
      },
    )
    .command(
      "status <folder>",
      "print how far the jobs of a folder are",
      (y) => y.positional("folder", jobFolder),
      (a) => statusCommand(a.folder, out),
    )
    .command(
      "cancel <folder>",
      "end the work on the jobs of a folder; what is done stays",
      (y) => y.positional("folder", jobFolder),
      (a) => cancelCommand(a.folder, out),
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
            images: { describe: `images, stored integers (${imageFiles})`, type: "string", demandOption: true },
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
    const known = report(systemFault(e) ?? e, json, command);
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
