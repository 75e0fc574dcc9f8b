// A hand-written network whose tensors are in a checkpoint, under the same names or others.
import { parse } from "../../1-parse/parse.ts";
import { wire } from "../../2-graph/graph.ts";
import { infer } from "../../3-infer/infer.ts";
import { type ReadFile, TensorSource } from "../../3-infer/tensors.ts";
import { Report, type Result } from "../../diagnostics/diagnostics.ts";
import type { JsonPath } from "../../ir/graph.ts";
import type { FloatTensor } from "../../ir/tensor.ts";
import type { TensorRequest } from "../../layers/define.ts";
import { shown } from "./error.ts";
import { normalize } from "./normalize.ts";

type State = ReadonlyMap<string, FloatTensor>;

export interface BindOptions {
  /** Tensor of the network to key of the checkpoint, where the user says so. */
  readonly names?: ReadonlyMap<string, string> | undefined;
  /** Takes what is suggested for the others. */
  readonly accept?: boolean | undefined;
  /** Layers whose `.weight` is an adder layer's. */
  readonly adders?: readonly string[] | undefined;
}

/** A tensor that the network names, and where it comes from. */
export interface Binding {
  readonly wanted: string;
  readonly shape: readonly number[];
  /** Key of the checkpoint; undefined where nothing fits. */
  readonly key: string | undefined;
  /** Whether the key is only a suggestion, by shape, part and order. */
  readonly suggested: boolean;
}

export interface Bound {
  readonly bindings: readonly Binding[];
  /** Keys that no tensor of the network takes. */
  readonly unused: readonly string[];
  /** The network file's object, with the weights file named. */
  readonly network: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyMap<string, FloatTensor>;
}

interface Wanted {
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: string;
  readonly path: JsonPath;
}

/** Notes what layers ask of the weights file, and answers with zeros. */
class Requests extends TensorSource {
  readonly wanted: Wanted[] = [];
  override read(request: TensorRequest, layer: string, path: JsonPath, report: Report): FloatTensor | undefined {
    const { ref, shape, role, field } = request;
    if (typeof ref !== "string") return super.read(request, layer, path, report);
    this.wanted.push({ name: ref, shape, role, path: [...path, field] });
    return { shape, data: new Float64Array(shape.reduce((a, b) => a * b, 1)) };
  }
}

/** Last parts of a key that PyTorch gives the tensors of each role. */
const parts: Readonly<Record<string, readonly string[]>> = {
  weights: ["weight", "adder", "pat"],
  bias: ["bias", "b"],
  gamma: ["weight"],
  beta: ["bias"],
  mean: ["running_mean"],
  variance: ["running_var"],
  slope: ["weight"],
};

const partOf = (key: string): string => key.slice(key.lastIndexOf(".") + 1);

/** The tensor in the shape that is asked for, where only axes of one element or a kernel's two axes differ. */
function fitted({ shape, data }: FloatTensor, wanted: readonly number[]): FloatTensor | undefined {
  if (shape.length === wanted.length) return shape.every((n, i) => n === wanted[i]) ? { shape, data } : undefined;
  const lead = Math.min(shape.length, wanted.length, 2);
  const size = (s: readonly number[]): number => s.reduce((a, b) => a * b, 1);
  const alike = shape.slice(0, lead).every((n, i) => n === wanted[i]) && size(shape) === size(wanted);
  return alike ? { shape: wanted, data } : undefined;
}

const withoutWrappers = (name: string): string => name.replace(/^((module|_orig_mod|model|net)\.)+/, "");

/** The keys that a name stands for: its own, without wrappers' prefixes, or with adder weights as they are normalized. */
const namesakes = (name: string): string[] =>
  [name, withoutWrappers(name)].flatMap((n) => [n, n.replace(/\.(pat|weight)$/, ".adder")]);

/** Keys for what has no namesake: of the same part and shape, in the file's order where there are as many as are asked. */
function suggest(wanted: readonly Wanted[], free: State): Map<Wanted, string> {
  const found = new Map<Wanted, string>();
  const groups = new Map<string, Wanted[]>();
  for (const w of wanted) {
    const group = `${w.role} ${w.shape.join()}`;
    groups.set(group, [...(groups.get(group) ?? []), w]);
  }
  for (const list of groups.values()) {
    const { role, shape } = list[0]!;
    const known = parts[role];
    const keys = [...free].filter(([key, t]) => (known?.includes(partOf(key)) ?? true) && fitted(t, shape));
    // Weights and scales of one shape are told apart by their axes; with another number of keys the order says nothing.
    if (keys.length === list.length) for (const [i, w] of list.entries()) found.set(w, keys[i]![0]);
  }
  return found;
}

/** Binds; the result's diagnostics point into the network file. The tables in it are complete also where it fails. */
export function bindNetwork(
  text: string,
  readFile: ReadFile,
  checkpoint: State,
  options: BindOptions = {},
): Result<Bound> & { readonly bindings?: readonly Binding[] } {
  const report = new Report();
  const network = parse(text, report);
  const wiring = network && wire(network, report);
  const source = new Requests(readFile, "checkpoint");
  if (wiring) infer(wiring, source, report);
  if (!wiring || report.failed) return { ok: false, diagnostics: report.list };
  if (wiring.network.layout === "channels_last") {
    report.error({
      code: "AN9002",
      message: "a checkpoint of PyTorch has its tensors channels first",
      path: ["layout"],
      expected: '"layout": "pytorch"',
    });
    return { ok: false, diagnostics: report.list };
  }
  const state = normalize(checkpoint, options.adders);
  const names = options.names ?? new Map<string, string>();
  // Several layers may share a tensor.
  const wanted = [...new Map(source.wanted.map((w) => [w.name, w])).values()];
  const direct = new Map(
    wanted.flatMap((w): [Wanted, string][] => {
      const key = names.get(w.name) ?? namesakes(w.name).find((n) => state.has(n));
      return key !== undefined && state.has(key) ? [[w, key]] : [];
    }),
  );
  for (const [name, key] of names)
    if (!state.has(key) || !wanted.some((w) => w.name === name))
      report.error({
        code: "AN9002",
        message: state.has(key) ? `no layer takes a tensor ${shown(name)}` : `the checkpoint has no ${shown(key)}`,
        hint: "--bind NAME=KEY has the network's name first and the checkpoint's second",
      });
  const taken = new Set(direct.values());
  const free = new Map([...state].filter(([key]) => !taken.has(key)));
  const guesses = suggest(
    wanted.filter((w) => !direct.has(w)),
    free,
  );
  const bindings = wanted.map((w) => ({
    wanted: w.name,
    shape: w.shape,
    key: direct.get(w) ?? guesses.get(w),
    suggested: !direct.has(w),
  }));
  const tensors = new Map<string, FloatTensor>();
  for (const w of wanted) {
    const key = direct.get(w) ?? (options.accept ? guesses.get(w) : undefined);
    const tensor = key === undefined ? undefined : fitted(state.get(key)!, w.shape);
    if (tensor) tensors.set(w.name, tensor);
    else if (key !== undefined)
      report.error({
        code: "AN9002",
        message: `${shown(key)} of the checkpoint does not fit ${shown(w.name)}`,
        path: w.path,
        expected: `[${w.shape.join(", ")}]`,
        found: `[${state.get(key)!.shape.join(", ")}]`,
      });
  }
  const open = bindings.filter((b) => b.suggested && !(options.accept && b.key !== undefined));
  if (open.length > 0) {
    const all = open.every((b) => b.key !== undefined);
    report.error({
      code: "AN9002",
      message: `the checkpoint has no tensors of ${open.length} of the network's names`,
      path: wanted.find((w) => w.name === open[0]!.wanted)!.path,
      expected: `${shown(open[0]!.wanted)} [${open[0]!.shape.join(", ")}]${open.length > 1 ? " and others" : ""}`,
      found: [...free.keys()].slice(0, 8).map(shown).join(", ") || "no other tensors",
      hint: all
        ? "--accept takes the suggestions of the table, --bind NAME=KEY binds a single one"
        : "--bind NAME=KEY binds a tensor to a key of the checkpoint; --list prints the keys",
    });
  }
  const used = new Set(bindings.map((b) => b.key));
  const unused = [...state.keys()].filter((key) => !used.has(key) && !/(^|\.)num_batches_tracked$/.test(key));
  // A bias beside weights that were taken would be missing in the result without a word.
  const layerOf = (key: string): string => key.slice(0, Math.max(0, key.lastIndexOf(".")));
  const usedLayers = new Set([...used].map((key) => layerOf(key ?? "")));
  const lost = unused.filter((key) => usedLayers.has(layerOf(key)) && !/\.(scale|zero_point)$/.test(key));
  if (open.length === 0 && lost.length > 0)
    report.error({
      code: "AN9002",
      message: "the network takes a part of a layer's tensors and not the rest",
      expected: "a layer that names all of its tensors",
      found: `${lost.slice(0, 8).map(shown).join(", ")} unused`,
      hint: 'add the field to the layer, "bias" say',
    });
  if (report.failed) return { ok: false, diagnostics: report.list, bindings };
  const written = {
    ...(JSON.parse(text) as Record<string, unknown>),
    weights: "weights.safetensors",
    layout: "pytorch",
  };
  return { ok: true, diagnostics: report.list, value: { bindings, unused, network: written, tensors }, bindings };
}
