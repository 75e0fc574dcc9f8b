// A dropped checkpoint as a network: what `addernet import pytorch` does with paths, on bytes.

import { planOptions } from "../../generator/cli/import-values.ts";
import { InputError, inputError } from "../../generator/diagnostics/diagnostics.ts";
import {
  architectures,
  bindNetwork,
  boundFiles,
  networkFiles,
  planNetwork,
  readCheckpoint,
} from "../../generator/import/pytorch/index.ts";
import { shellWord } from "../../generator/names/shell.ts";
import { baseOf, beside, find, isCheckpoint, unwrap } from "./given.ts";
import type { Files, Imported, ImportOptions } from "./protocol.ts";

export interface ImportedFiles extends Imported {
  /** network.json and weights.safetensors. */
  readonly files: Files;
  /** The command that writes them. */
  readonly command: string;
}

/** The file that `weights` of a network file names, and all that its layers name. */
function filesNamed(text: string): readonly string[] {
  try {
    const { weights, layers } = JSON.parse(text) as { weights?: unknown; layers?: readonly unknown[] };
    const own = (Array.isArray(layers) ? layers : []).flatMap((l) => Object.values((l ?? {}) as object));
    const named = own.map((v) => (typeof v === "object" && v !== null && "file" in v ? v.file : undefined));
    return [weights, ...named].filter((f) => typeof f === "string");
  } catch {
    // What is wrong with it, the parser tells.
    return [];
  }
}

const words = (pairs: readonly (readonly [string, string])[]): string =>
  pairs
    .filter(([, value]) => value !== "")
    .map(([option, value]) => ` --${option} ${shellWord(value)}`)
    .join("");

/** The options as the command line's; empty fields are not said. */
const said = ({ arch: _, state, ...rest }: ImportOptions) => ({
  state: state.trim() || undefined,
  ...planOptions(Object.fromEntries(Object.entries(rest).filter(([, text]) => text.trim() !== ""))),
});

/** Take any numbers of layers; what is known by its own name comes before them. */
const GENERAL: ReadonlySet<string> = new Set(["resnet", "lenet", "vgg-small", "stack"]);

/** Architectures whose layers take every tensor of the checkpoint, special ones before general ones. */
function fitting(tensors: Parameters<typeof planNetwork>[0], options: Parameters<typeof planNetwork>[2]): string[] {
  const names = [...architectures.keys()].sort((x, y) => Number(GENERAL.has(x)) - Number(GENERAL.has(y)));
  return names.filter((name) => {
    try {
      planNetwork(tensors, name, options);
      return true;
    } catch (e) {
      if (e instanceof InputError) return false;
      throw e;
    }
  });
}

/**
 * Files with a checkpoint and no network file: the network of the architecture that is asked for, or of the first that
 * takes all its tensors. With a network file whose weights are not there: that network, bound to the checkpoint's tensors.
 * Undefined where there is nothing to import. Throws InputError as the command does (AN9001, AN9002).
 */
export function importFiles(
  files: Files,
  network: string | undefined,
  options: ImportOptions,
): ImportedFiles | undefined {
  const text = network === undefined ? "" : new TextDecoder().decode(files.get(network)!);
  const stated = filesNamed(text);
  if (stated.length > 0 && stated.every((f) => find(files, f))) return undefined;
  const model = [...files.keys()].find((f) => /\.onnx$/i.test(f));
  if (network === undefined && model !== undefined)
    throw inputError({
      code: "AN9003",
      message: `${model} is an ONNX model, which this page does not read`,
      expected: "a network file, or a checkpoint (.pth, .pt, .ckpt or any other name, .npz, .safetensors)",
      hint: "addernet import onnx writes network.json and its weights; drop both",
    });
  const found = [...files]
    .filter((f) => isCheckpoint(...f) && !stated.some((s) => baseOf(s) === baseOf(f[0])))
    .map(([name]) => name);
  if (found.length === 0) return undefined;
  if (found.length > 1)
    throw inputError({
      code: "AN9001",
      message: "several files may be the checkpoint",
      expected: "one of them",
      found: found.join(", "),
    });
  const path = found[0]!;
  const { state, ...plan } = said(options);
  const checkpoint = readCheckpoint(files.get(path)!, { state });
  const common: [string, string][] = [
    ["state", options.state],
    ["adder", options.adder],
  ];
  if (network !== undefined) {
    const read = (name: string) => beside(files, name);
    const bound = unwrap(bindNetwork(text, read, checkpoint.tensors, { accept: true, adders: plan.adders }), {
      file: network,
      text,
    });
    const guessed = bound.bindings.filter((b) => b.suggested);
    return {
      files: boundFiles(bound),
      command: `addernet import pytorch ${shellWord(path)} --network ${shellWord(network)} --accept${words(common)} -o net`,
      note: `${path} bound to ${network}: ${bound.tensors.size} tensors`,
      details: [
        ...(guessed.length > 0
          ? [`taken by shape and order: ${guessed.map((b) => `${b.wanted} = ${b.key}`).join(", ")}`]
          : []),
        ...(bound.unused.length > 0 ? [`not used: ${bound.unused.join(", ")}`] : []),
      ],
      arch: undefined,
      fits: [],
    };
  }
  const fits = fitting(checkpoint.tensors, plan);
  const arch = options.arch || fits[0];
  if (arch === undefined)
    throw inputError({
      code: "AN9002",
      message: `${path} is none of the architectures that are known`,
      expected: "a checkpoint whose tensors are all layers of one of them",
      found: `${checkpoint.tensors.size} tensors: ${[...checkpoint.tensors.keys()]
        .slice(0, 12)
        .map((k) => JSON.stringify(k))
        .join(", ")}${checkpoint.tensors.size > 12 ? " ..." : ""}`,
      hint: "choose the architecture to see what is missing in it, or drop a network file beside the checkpoint: its tensors are bound",
    });
  const planned = planNetwork(checkpoint.tensors, arch, plan);
  return {
    files: networkFiles(planned, arch),
    command: `addernet import pytorch ${shellWord(path)} --arch ${arch}${words([...common, ["shape", options.shape], ["pool", options.pool], ["scale", options.scale], ["mean", options.mean], ["std", options.std]])} -o net`,
    note: `${path} as ${arch}: ${planned.layers.length} layers`,
    details: planned.assumed.length > 0 ? [`assumed, as the weights do not say: ${planned.assumed.join("; ")}`] : [],
    arch,
    fits,
  };
}
