// The command line: argv to a command, its outcome to what is printed and an exit code.

import yargs, { type Argv } from "yargs";
import { hideBin } from "yargs/helpers";
import { compilerVersion } from "../templates.ts";
import { type Command, done, exitCode, type Outcome, outcomeOf } from "./command.ts";
import { type Console, makeConsole } from "./console.ts";
import { checkNumbers, UsageError } from "./numbers.ts";

interface Listed {
  /** Its words, then what stands for its positional arguments. */
  readonly name: string;
  readonly summary: string;
  /** A command is loaded when it is named: --help answers at once. */
  readonly load: () => Promise<{ readonly command: Command }>;
}

const list = (name: string, summary: string, load: Listed["load"]): Listed => ({ name, summary, load });

/** Every command, in the order of --help. A file each, in commands/. */
const commands: readonly Listed[] = [
  list("check <network>", "read a network file and print its layers", () => import("./commands/check.ts")),
  list("quantize <network>", "write the network in integers", () => import("./commands/quantize.ts")),
  list(
    "infer <network>",
    "run images through the golden model (or the float reference)",
    () => import("./commands/infer.ts"),
  ),
  list(
    "tune <network>",
    "choose the bits of each layer, mode and calibration method of least logic within an allowed loss of accuracy",
    () => import("./commands/tune.ts"),
  ),
  list(
    "build <network>",
    "write the accelerator: Verilog, memory files, test bench, manifest",
    () => import("./commands/build.ts"),
  ),
  list(
    "verify <networks..>",
    "simulate the accelerator and compare every layer with the golden model; also takes a built folder, as it is",
    () => import("./commands/verify.ts"),
  ),
  list("export <network>", "write the quantized weights", () => import("./commands/export.ts")),
  list(
    "weights pack <network>",
    "write the weight image for layers in RAM",
    () => import("./commands/weights-pack.ts"),
  ),
  list("weights show <image>", "print what a weight image holds", () => import("./commands/weights-show.ts")),
  list(
    "synth <network>",
    "synthesize for a board or a device family; place, route and pack where the tools are installed",
    () => import("./commands/synth.ts"),
  ),
  list(
    "compare <network>",
    "compare L1 layers with multiplying layers under the same folds: logic, clock, energy",
    () => import("./commands/compare.ts"),
  ),
  list(
    "explore <network>",
    "lay out the designs from the smallest to the fastest on a target: frames a second against logic, as table, JSON and plot",
    () => import("./commands/explore.ts"),
  ),
  list(
    "report [network]",
    "write one HTML page to look at: network, design, schedule, numbers, logic, proof",
    () => import("./commands/report.ts"),
  ),
  list(
    "serve [folder]",
    "show a folder of builds and reports in the browser, on this machine alone",
    () => import("./commands/serve.ts"),
  ),
  list(
    "import pytorch <checkpoint>",
    "read a state dict saved by torch.save, without running any code in it",
    () => import("./commands/import-pytorch.ts"),
  ),
  list("import onnx <model>", "read a model in ONNX or QONNX", () => import("./commands/import-onnx.ts")),
  list(
    "import integers <description>",
    "read a network that is already in integers, described layer by layer",
    () => import("./commands/import-integers.ts"),
  ),
  list(
    "new-bench <sources..>",
    "write a test bench for any Verilog design, from its ports",
    () => import("./commands/new-bench.ts"),
  ),
  list(
    "work <folder>",
    "compute jobs that a command with --farm planned in a folder (its workers run this)",
    () => import("./commands/work.ts"),
  ),
  list("status <folder>", "print the progress of the jobs in a folder", () => import("./commands/status.ts")),
  list(
    "cancel <folder>",
    "stop the work on the jobs in a folder; finished results are kept",
    () => import("./commands/cancel.ts"),
  ),
  list("schema", "print the JSON Schema of the network format", () => import("./commands/schema.ts")),
  list(
    "send <folder>",
    "send images to a board over its serial line and print its answers",
    () => import("./commands/send.ts"),
  ),
  list(
    "summary <results>",
    "turn what commands printed with --json into a Markdown page for CI",
    () => import("./commands/summary.ts"),
  ),
  list(
    "doctor",
    "say which tools are installed, what each makes possible, and how to get the others",
    () => import("./commands/doctor.ts"),
  ),
  list(
    "export-script",
    "print the PyTorch exporter, one Python file that needs only torch",
    () => import("./commands/export-script.ts"),
  ),
];

/** First words that several commands share. */
const groups: Readonly<Record<string, string>> = {
  import: "import a trained network",
  weights: "weight images for layers in RAM (docs/weights.md)",
};

/** Options that had another name; scripts may still use it. */
const RENAMED: Readonly<Record<string, string>> = { kernel: "l1" };

/** What yargs says, with the new name of an option that had another. */
const withNewNames = (message: string): string => {
  const now = RENAMED[/^Unknown argument: ([\w-]+)$/.exec(message)?.[1] ?? ""];
  return now === undefined ? message : `${message}; the option is called --${now} now`;
};

/** The words of every command. */
export const commandNames = (): string[] => commands.map((c) => wordsOf(c.name).join(" "));

const wordsOf = (name: string): string[] => name.split(" ").filter((w) => /^\w/.test(w));

/** Runs the command line; gives the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const out = makeConsole(argv.includes("--json"), argv.find((a) => !a.startsWith("-")) ?? "", argv);
  const outcome = await run(argv, out).catch(outcomeOf);
  out.outcome(outcome);
  return exitCode(outcome);
}

async function run(argv: readonly string[], out: Console): Promise<Outcome> {
  let outcome: Outcome = done();
  const usage: string[] = [];
  // Whatever could be meant is loaded: a word of the command line may also be a value.
  const loaded = new Map<Listed, Command>();
  for (const c of commands) if (wordsOf(c.name).every((w) => argv.includes(w))) loaded.set(c, (await c.load()).command);

  const lists = new Set(["_"]);
  for (const { positionals, options } of loaded.values())
    for (const [key, o] of Object.entries({ ...positionals, ...options }))
      if (o.array || o.type === "array") lists.add(key);

  const add = (parser: Argv, c: Listed, name: string) =>
    parser.command(
      name,
      c.summary,
      (y) => {
        const { positionals, options } = loaded.get(c) ?? { positionals: {}, options: {} };
        let z = y.options(options);
        for (const [key, p] of Object.entries(positionals)) z = z.positional(key, p);
        return z;
      },
      async (args) => {
        outcome = await loaded.get(c)!.run(args as never, out);
      },
    );

  let parser: Argv = yargs([...argv])
    .scriptName("addernet")
    .usage("$0 <command>\n\nCompiles a trained AdderNet to Verilog and proves it right.")
    .option("json", { describe: "print the result as JSON", type: "boolean", default: false });
  for (const c of commands) {
    const [first] = wordsOf(c.name);
    const group = groups[first!];
    if (group === undefined) parser = add(parser, c, c.name);
    else {
      const members = commands.filter((m) => wordsOf(m.name)[0] === first);
      if (c !== members[0]) continue;
      const within = (m: Listed) => m.name.slice(first!.length + 1);
      parser = parser.command(first!, group, (y) =>
        members
          .reduce((z, m) => add(z, m, within(m)), y)
          .demandCommand(1, `${first} needs one of ${members.map((m) => wordsOf(within(m))[0]).join(", ")}`),
      );
    }
  }
  await parser
    .check((options) => checkNumbers(options), true)
    .demandCommand(1, "a command is needed")
    .recommendCommands()
    .strict()
    .middleware((args) => {
      // Of an option that is given twice the last one counts, unless it is a list.
      for (const [key, v] of Object.entries(args)) if (Array.isArray(v) && !lists.has(key)) args[key] = v.at(-1);
    }, true)
    .help("help", "print this help")
    .alias("h", "help")
    .version("version", "print the version of addernet", compilerVersion())
    .exitProcess(false)
    .fail((message, error) => {
      if (error && !(error instanceof UsageError)) throw error;
      const text = withNewNames((message ?? error.message).replace(/\s+/g, " "));
      if (!usage.includes(text)) usage.push(text);
      // The command itself must not run.
      throw error ?? new UsageError(text);
    })
    .parseAsync()
    .catch((e) => {
      throw usage.length > 0 ? new UsageError(...usage) : e;
    });
  if (usage.length > 0) throw new UsageError(...usage);
  return outcome;
}

if (process.argv[1] && /(cli\.ts|addernet(\.mjs)?)$/.test(process.argv[1])) {
  // A reader that closes the pipe early (head) is no fault.
  process.stdout.on("error", (e: NodeJS.ErrnoException) => {
    if (e.code !== "EPIPE") throw e;
    process.exit(0);
  });
  process.exitCode = await main(hideBin(process.argv));
}
