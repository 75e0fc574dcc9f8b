// What `addernet import` does.
import { basename, dirname, extname, relative, resolve } from "node:path";
import { inputError } from "../diagnostics/diagnostics.ts";
import { importOnnx } from "../import/onnx/index.ts";
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
} from "../import/pytorch/index.ts";
import { type Console, unwrap } from "./console.ts";
import { readBeside, readText, reason } from "./files.ts";
import { readInput } from "./inputs.ts";
import { UsageError } from "./numbers.ts";
import { checkFolder, writeFolder } from "./output.ts";
import { columns } from "./table.ts";

export interface ImportArgs {
  readonly list: boolean;
  readonly arch?: string | undefined;
  readonly network?: string | undefined;
  readonly bind?: readonly string[] | undefined;
  readonly accept: boolean;
  readonly state?: string | undefined;
  readonly adder?: string | undefined;
  readonly shape?: string | undefined;
  readonly pool?: string | undefined;
  readonly scale?: string | undefined;
  readonly mean?: string | undefined;
  readonly std?: string | undefined;
  readonly name?: string | undefined;
  readonly o?: string | undefined;
  readonly force: boolean;
}

const parts = (text: string | undefined): string[] | undefined => text?.split(",").filter((part) => part !== "");

/** A number or a fraction, as 1/255. */
function numberOf(option: string, text: string): number {
  const found = /^([^/]+)(?:\/([^/]+))?$/.exec(text.trim());
  const value = found ? Number(found[1]) / Number(found[2] ?? 1) : Number.NaN;
  if (!Number.isFinite(value)) throw new UsageError(`--${option} needs numbers, not ${JSON.stringify(text)}`);
  return value;
}

/** One number a channel from one or as many. */
function perChannel(option: string, text: string | undefined, channels: number | undefined): number[] | undefined {
  const values = parts(text)?.map((part) => numberOf(option, part));
  return values?.length === 1 && channels !== undefined ? new Array<number>(channels).fill(values[0]!) : values;
}

function shapeOf(text: string | undefined): [number, number, number] | undefined {
  if (text === undefined) return undefined;
  const sizes = text.split(",").map(Number);
  if (sizes.length !== 3 || !sizes.every((n) => Number.isInteger(n) && n >= 1 && n <= 65536))
    throw new UsageError("--shape needs three whole numbers, HEIGHT,WIDTH,CHANNELS");
  return sizes as [number, number, number];
}

function open(path: string, state: string | undefined): Checkpoint {
  let bytes: Uint8Array;
  try {
    bytes = readInput(path);
  } catch (e) {
    throw inputError({ code: "AN9001", message: `${path} cannot be read: ${reason(e)}` });
  }
  return readCheckpoint(bytes, { state });
}

const shapeText = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

function list({ stored, ignored }: Checkpoint, out: Console): void {
  const quantization = (scale: readonly number[] | undefined, zero: readonly number[] | undefined): string =>
    scale === undefined
      ? ""
      : scale.length === 1
        ? `scale ${scale[0]}, zero point ${zero![0]}`
        : `${scale.length} scales and zero points`;
  const rows = [...stored].map(([name, t]) => [name, shapeText(t.shape), t.dtype, quantization(t.scale, t.zeroPoint)]);
  for (const line of columns([["tensor", "shape", "type", ""], ...rows])) out.line(line.trimEnd());
  if (ignored.length > 0) out.line(`no tensors: ${ignored.join(", ")}`);
  const tensors = [...stored].map(([name, t]) => ({ name, ...t }));
  out.result({ tensors, ignored });
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

function bind(checkpoint: Checkpoint, path: string, dir: string, args: ImportArgs, out: Console): void {
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
  writeFolder(dir, files, "import", args.force);
  if (bound.unused.length > 0) out.line(`not used: ${bound.unused.join(", ")}`);
  out.line(`wrote ${[...files.keys()].join(" and ")} to ${dir}: ${bound.tensors.size} tensors of ${path}`);
  out.result({ folder: dir, bindings: bound.bindings, unused: bound.unused, files: [...files.keys()] });
}

function planOptions(args: ImportArgs): NetworkOptions {
  const shape = shapeOf(args.shape);
  const channels = shape?.[2];
  return {
    shape,
    pools: parts(args.pool),
    scale: args.scale === undefined ? undefined : numberOf("scale", args.scale),
    mean: perChannel("mean", args.mean, channels),
    std: perChannel("std", args.std, channels),
    adders: parts(args.adder),
  };
}

function plan(checkpoint: Checkpoint, options: NetworkOptions, dir: string, args: ImportArgs, out: Console): void {
  const arch = args.arch!;
  const planned = planNetwork(checkpoint.tensors, arch, options);
  const files = networkFiles(planned, args.name ?? arch);
  writeFolder(dir, files, "import", args.force);
  out.line(`wrote ${[...files.keys()].join(" and ")} to ${dir}: ${planned.layers.length} layers of ${arch}`);
  if (planned.assumed.length > 0) out.line(`assumed, as the weights do not say: ${planned.assumed.join("; ")}`);
  out.result({
    folder: dir,
    architecture: arch,
    layers: planned.layers.length,
    assumed: planned.assumed,
    files: [...files.keys()],
  });
}

export type OnnxArgs = Pick<ImportArgs, "shape" | "scale" | "mean" | "std" | "name" | "force"> & {
  readonly o: string;
};

/** A model in ONNX as a network file. */
export function importOnnxModel(path: string, args: OnnxArgs, out: Console): void {
  const shape = shapeOf(args.shape);
  const options = {
    name: args.name ?? basename(path, extname(path)),
    shape,
    scale: args.scale === undefined ? undefined : numberOf("scale", args.scale),
    mean: perChannel("mean", args.mean, undefined),
    std: perChannel("std", args.std, undefined),
  };
  checkFolder(args.o, "import", args.force);
  let bytes: Uint8Array;
  try {
    bytes = readInput(path);
  } catch (e) {
    throw inputError({ code: "AN9003", message: `${path} cannot be read: ${reason(e)}` });
  }
  const { files, layers, notes } = importOnnx(bytes, readBeside(path), options);
  writeFolder(args.o, files, "import", args.force);
  out.line(`wrote ${[...files.keys()].join(" and ")} to ${args.o}: ${layers} layers of ${path}`);
  for (const note of notes) out.line(`note: ${note}`);
  out.result({ folder: args.o, layers, notes, files: [...files.keys()] });
}

/** A checkpoint listed, mapped to an architecture, or bound to a network file. */
export function importPytorch(path: string, args: ImportArgs, out: Console): void {
  const ways = [args.list, args.arch !== undefined, args.network !== undefined].filter(Boolean).length;
  if (ways !== 1) throw new UsageError("import pytorch needs one of --arch, --network and --list");
  if (args.list) {
    list(open(path, args.state), out);
    return;
  }
  const { o: dir } = args;
  if (dir === undefined) throw new UsageError("import pytorch needs -o, a folder to write");
  const options = planOptions(args);
  checkFolder(dir, "import", args.force);
  const checkpoint = open(path, args.state);
  if (args.network !== undefined) bind(checkpoint, args.network, dir, args, out);
  else plan(checkpoint, options, dir, args, out);
}
