// addernet import pytorch: a checkpoint listed, mapped to an architecture, or bound to a network file.
import { dirname, relative, resolve } from "node:path";
import { inputError } from "../../diagnostics/diagnostics.ts";
import {
  type Binding,
  type Bound,
  bindNetwork,
  boundFiles,
  type Checkpoint,
  type NetworkOptions,
  networkFiles,
  planNetwork,
  readCheckpoint,
} from "../../import/pytorch/index.ts";
import { defineCommand, done, type Outcome } from "../command.ts";
import { type Console, unwrap } from "../console.ts";
import { readBeside, readText, reason } from "../files.ts";
import { importOptions } from "../import-options.ts";
import { type PlanArgs, parts, planOptions } from "../import-values.ts";
import { readInput } from "../inputs.ts";
import { UsageError } from "../numbers.ts";
import { forceOption, outOption } from "../options.ts";
import { checkFolder, writeFolder } from "../output.ts";
import { columns } from "../table.ts";

export interface ImportArgs extends PlanArgs {
  readonly list: boolean;
  readonly arch?: string | undefined;
  readonly network?: string | undefined;
  readonly bind?: readonly string[] | undefined;
  readonly accept: boolean;
  readonly state?: string | undefined;
  readonly name?: string | undefined;
  readonly o?: string | undefined;
  readonly force: boolean;
}

function open(path: string, state: string | undefined, out: Console): Checkpoint {
  out.progress(`reading ${path}`, 0, 0);
  let bytes: Uint8Array;
  try {
    bytes = readInput(path);
  } catch (e) {
    throw inputError({ code: "AN9001", message: `${path} cannot be read: ${reason(e)}` });
  }
  return readCheckpoint(bytes, { state });
}

const shapeText = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

function list({ stored, ignored }: Checkpoint, out: Console): Outcome {
  const quantization = (scale: readonly number[] | undefined, zero: readonly number[] | undefined): string =>
    scale === undefined
      ? ""
      : scale.length === 1
        ? `scale ${scale[0]}, zero point ${zero![0]}`
        : `${scale.length} scales and zero points`;
  const rows = [...stored].map(([name, t]) => [name, shapeText(t.shape), t.dtype, quantization(t.scale, t.zeroPoint)]);
  for (const line of columns([["tensor", "shape", "type", ""], ...rows])) out.line(line.trimEnd());
  if (ignored.length > 0) out.line(`not tensors: ${ignored.join(", ")}`);
  const tensors = [...stored].map(([name, t]) => ({ name, ...t }));
  return done({ tensors, ignored });
}

function table(bindings: readonly Binding[], out: Console): void {
  const open = bindings.filter((b) => b.suggested);
  if (open.length === 0) return;
  const rows = open.map((b) => [b.wanted, shapeText(b.shape), b.key ?? "nothing that fits alone"]);
  for (const line of columns([["the network's name", "shape", "in the checkpoint (suggested)"], ...rows]))
    out.line(line.trimEnd());
}

/** Files that the network file names keep their places. */
function moved(network: Bound["network"], from: string, to: string): Bound["network"] {
  const path = (file: string): string => relative(resolve(to), resolve(dirname(from), file)).replaceAll("\\", "/");
  const quantization = network.quantization as { calibration?: string } | undefined;
  const field = (value: unknown): unknown => {
    const file = typeof value === "object" && value !== null && "file" in value ? value.file : undefined;
    return typeof file === "string" ? { ...(value as object), file: path(file) } : value;
  };
  const layers = network.layers as readonly Record<string, unknown>[];
  return {
    ...network,
    ...(quantization?.calibration === undefined
      ? {}
      : { quantization: { ...quantization, calibration: path(quantization.calibration) } }),
    layers: layers.map((layer) => Object.fromEntries(Object.entries(layer).map(([key, v]) => [key, field(v)]))),
  };
}

function bind(checkpoint: Checkpoint, path: string, dir: string, args: ImportArgs, out: Console): Outcome {
  const text = readText(path);
  const names = new Map(
    (args.bind ?? []).map((pair): [string, string] => {
      const at = pair.indexOf("=");
      if (at < 1) throw new UsageError(`--bind needs NAME=KEY, not ${JSON.stringify(pair)}`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
  const got = bindNetwork(text, readBeside(path), checkpoint.tensors, {
    names,
    accept: args.accept,
    adders: parts(args.adder),
  });
  table(got.bindings ?? [], out);
  const bound = unwrap(got, out, { file: path, text });
  const network = { ...bound.network, ...(args.name === undefined ? {} : { name: args.name }) };
  const files = boundFiles({ network: moved(network, path, dir), tensors: bound.tensors });
  out.progress(`writing ${dir}`, 0, 0);
  writeFolder(dir, files, "import", args.force);
  if (bound.unused.length > 0) out.line(`not used: ${bound.unused.join(", ")}`);
  out.line(`wrote ${[...files.keys()].join(" and ")} to ${dir}: ${bound.tensors.size} tensors of ${path}`);
  return done({ folder: dir, bindings: bound.bindings, unused: bound.unused, files: [...files.keys()] });
}

function plan(checkpoint: Checkpoint, options: NetworkOptions, dir: string, args: ImportArgs, out: Console): Outcome {
  const arch = args.arch!;
  const planned = planNetwork(checkpoint.tensors, arch, options);
  const files = networkFiles(planned, args.name ?? arch);
  out.progress(`writing ${dir}`, 0, 0);
  writeFolder(dir, files, "import", args.force);
  out.line(`wrote ${[...files.keys()].join(" and ")} to ${dir}: ${planned.layers.length} layers of ${arch}`);
  if (planned.assumed.length > 0) out.line(`assumed, as the weights do not say: ${planned.assumed.join("; ")}`);
  return done({
    folder: dir,
    architecture: arch,
    layers: planned.layers.length,
    assumed: planned.assumed,
    files: [...files.keys()],
  });
}

/** A checkpoint listed, mapped to an architecture, or bound to a network file. */
function importPytorch(path: string, args: ImportArgs, out: Console): Outcome {
  const ways = [args.list, args.arch !== undefined, args.network !== undefined].filter(Boolean).length;
  if (ways !== 1) throw new UsageError("import pytorch needs one of --arch, --network and --list");
  if (args.list) return list(open(path, args.state, out), out);
  const { o: dir } = args;
  if (dir === undefined) throw new UsageError("import pytorch needs -o, a folder to write");
  const options = planOptions(args);
  checkFolder(dir, "import", args.force);
  const checkpoint = open(path, args.state, out);
  if (args.network !== undefined) return bind(checkpoint, args.network, dir, args, out);
  return plan(checkpoint, options, dir, args, out);
}

export const command = defineCommand({
  positionals: { checkpoint: { describe: "the .pth file", type: "string", demandOption: true } },
  options: { ...importOptions, o: { ...outOption, demandOption: false }, force: forceOption },
  run: (args, out) => importPytorch(args.checkpoint, args, out),
});
