// ONNX models as network files. Every operator and attribute is mapped or refused by its name.
import { FORMAT } from "../../1-parse/schema.ts";
import { writeSafetensors } from "../../files/safetensors.ts";
import { Builder, type LayerPlan } from "./builder.ts";
import { shown, unmapped, unreadable } from "./error.ts";
import { evaluate, evaluated, sizeOf } from "./evaluate.ts";
import { example, recognize, wideExample } from "./l1.ts";
import { Node } from "./node.ts";
import { decodeModel, type GraphMessage, type ValueMessage } from "./proto.ts";
import { refuseNorms, rules } from "./rules.ts";
import { type Constant, type ReadBeside, readTensor } from "./tensors.ts";
import { type FreeValue, type LayerValue, layerShape, type Value } from "./values.ts";

export type { ReadBeside } from "./tensors.ts";

export interface OnnxOptions {
  readonly name: string;
  /** Height, width, channels, where the model leaves them open. */
  readonly shape?: readonly [number, number, number] | undefined;
  readonly scale?: number | undefined;
  readonly mean?: readonly number[] | undefined;
  readonly std?: readonly number[] | undefined;
}

export interface OnnxNetwork {
  /** network.json and weights.safetensors. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly layers: number;
  /** What the model does not say, or says and the network does otherwise, one sentence each. */
  readonly notes: readonly string[];
}

const inputName = "input";

/** Domains of QONNX's operators, old and new. */
const qonnx = /^(qonnx\.custom_op\.general|onnx\.brevitas|finn\.custom_op\.general)$/;
const opKey = (n: Node): string =>
  n.domain === "" ? n.op : qonnx.test(n.domain) ? `qonnx.${n.op}` : `${n.domain}.${n.op}`;

/** Name under which constants of an operator are computed; empty where they are not. */
const constantOp = (n: Node): string =>
  n.domain === "" ? n.op : qonnx.test(n.domain) && n.op === "Quant" ? "Quant" : "";

function inputValue(graph: GraphMessage, { shape }: OnnxOptions): { name: string; batch: number; value: LayerValue } {
  const constants = new Set(graph.initializer.map((t) => t.name));
  const inputs = graph.input.filter((v) => !constants.has(v.name));
  if (inputs.length !== 1)
    throw unmapped(`the model has ${inputs.length} inputs`, {
      expected: "one image",
      found: inputs.map((v) => shown(v.name)).join(", "),
    });
  const input = inputs[0]!;
  const dims = input.type?.tensorType?.shape?.dim.map((d) => d.dimValue) ?? [];
  if (dims.length !== 2 && dims.length !== 4)
    throw unmapped(`input ${shown(input.name)} is neither an image nor a vector`, {
      expected: "[batch, channels, height, width] or [batch, values]",
      found: `${dims.length} axes`,
    });
  const batch = dims[0]! || 1;
  const readers = graph.node.filter((n) => n.input.includes(input.name));
  const perm = (n: (typeof readers)[number]): string | undefined =>
    n.attribute.find((a) => a.name === "perm")?.ints.join();
  const last =
    dims.length === 4 && readers.length > 0 && readers.every((n) => n.opType === "Transpose" && perm(n) === "0,3,1,2");
  const rest = dims.slice(1);
  const asked = shape && (dims.length === 2 ? [shape[2]] : last ? [...shape] : [shape[2], shape[0], shape[1]]);
  const sizes = rest.map((n, i) => n || asked?.[i] || 0);
  const clash = asked && rest.some((n, i) => n !== 0 && n !== asked[i]);
  if (sizes.some((n) => n < 1) || clash)
    throw unmapped(`the size of input ${shown(input.name)} is ${clash ? "another one" : "open"}`, {
      expected: "fixed channels, height and width",
      found: `[${dims.map((n, i) => n || input.type!.tensorType!.shape!.dim[i]!.dimParam || "?").join(", ")}]`,
      hint: "--shape HEIGHT,WIDTH,CHANNELS names it",
    });
  const chw = last ? [sizes[2]!, sizes[0]!, sizes[1]!] : sizes;
  const value: LayerValue = { kind: "layer", layer: inputName, shape: layerShape(chw), last };
  return { name: input.name, batch, value };
}

/** Shape with the batch, as the model has it. */
const fullShape = (v: LayerValue, batch: number): number[] => [batch, ...v.shape];

/** One step of a value that is no layer's: the operator on an example of the root's data. */
function free(n: Node, inputs: readonly (Value | undefined)[], batch: number): FreeValue | undefined {
  if (n.domain !== "" || !evaluated.has(n.op)) return undefined;
  const moved = inputs.filter((v): v is LayerValue | FreeValue => v !== undefined && v.kind !== "constant");
  const roots = new Set(moved.map((v) => (v.kind === "free" ? v.root.layer : v.layer)));
  if (roots.size !== 1 || moved.some((v) => v.kind === "layer" && (v.quantized || v.last))) return undefined;
  const first = moved[0]!;
  const root = first.kind === "free" ? first.root : first;
  const shapes = new Set(moved.map((v) => (v.kind === "free" ? v.root : v).shape.join()));
  if (shapes.size !== 1) return undefined;
  const of = (kind: "computed" | "wide", made: typeof example) =>
    evaluate(
      n.op,
      inputs.map((v) => {
        if (v === undefined || v.kind === "constant") return v?.value;
        if (v.kind === "free") return v[kind];
        const values = made(fullShape(root, batch));
        n.spend(values.data.length);
        return values;
      }),
      n,
    );
  const [computed, wide] = [of("computed", example), of("wide", wideExample)];
  if (!computed || !wide) return undefined;
  const subtracted = n.op === "Sub" ? inputs.find((v) => v?.kind === "constant") : undefined;
  const before = first.kind === "free" ? first : undefined;
  const weights = subtracted?.kind === "constant" ? subtracted.value : before?.weights;
  return { kind: "free", root, computed, wide, weights, origin: before?.origin ?? n.label };
}

/** Data that has come back to its own order: the root itself, flattened or not. */
function unmoved(n: Node, { root, computed, wide }: FreeValue, b: Builder): Value | undefined {
  const { shape } = computed;
  const same = ({ data }: Constant, whole: Constant) =>
    data.length === whole.data.length && data.every((v, i) => v === whole.data[i]);
  const full = fullShape(root, b.batch);
  if (shape[0] !== b.batch || !same(computed, example(full)) || !same(wide, wideExample(full))) return undefined;
  const rest = shape.slice(1);
  if (rest.join() === root.shape.join()) return root;
  const pixels = (s: readonly number[]): number => sizeOf(s.slice(1));
  const known = rest.length === 1 || rest.length === 3;
  if (known && pixels(rest) === 1 && pixels(root.shape) === 1) return { ...root, shape: layerShape(rest) };
  return rest.length === 1 ? b.layer(n, { kind: "flatten" }, [root], [rest[0]!], {}) : undefined;
}

/** The layer that a free value has become, or the value itself. */
function settled(n: Node, value: FreeValue, b: Builder): Value {
  const same = value.weights ? undefined : unmoved(n, value, b);
  if (same) return same;
  const found = recognize(value, b.batch, (count) => n.spend(count));
  if (!found) return value;
  const { root, weights } = { root: value.root, weights: found.weights };
  const producer = b.layers.find((l) => l.name === root.layer);
  if (root.shape.length === 1) {
    const units = weights.shape[0]!;
    return b.layer(n, { kind: "adder_linear", units }, [root], [units], { weights });
  }
  // Padding of its own layer in front of the windows belongs to them; the layer goes where nothing else reads it.
  const pads = producer?.kind === "pad" && found.padding === 0 ? (producer.padding as readonly number[]) : undefined;
  const source = pads ? { ...root, layer: producer!.inputs[0]! } : root;
  const padding = pads ?? found.padding;
  const fields = {
    kind: "adder_conv2d",
    filters: weights.shape[0]!,
    kernel: found.kernel[0],
    ...(found.stride === 1 ? {} : { stride: found.stride }),
    ...(padding === 0 ? {} : { padding }),
  };
  return b.layer(n, fields, [source], layerShape(value.computed.shape.slice(1)), { weights });
}

/** Layers that the outputs need, in order. */
function needed(layers: readonly LayerPlan[], outputs: readonly string[]): LayerPlan[] {
  const wanted = new Set(outputs);
  for (const layer of [...layers].reverse())
    if (wanted.has(layer.name)) for (const name of layer.inputs) wanted.add(name);
  return layers.filter((l) => wanted.has(l.name));
}

function step(n: Node, inputs: readonly (Value | undefined)[], b: Builder): Value {
  const constants = inputs.map((v) => (v?.kind === "constant" ? v.value : undefined));
  if (inputs.every((v) => v === undefined || v.kind === "constant") && constantOp(n) !== "") {
    const value = evaluate(constantOp(n), constants, n);
    if (value) return { kind: "constant", value };
  }
  const rule = Object.hasOwn(rules, opKey(n)) ? rules[opKey(n)] : undefined;
  const isFree = inputs.some((v) => v?.kind === "free");
  const mapped = rule && !isFree ? rule(n, b, inputs) : undefined;
  if (mapped) return mapped;
  const moved = free(n, inputs, b.batch);
  if (moved) return settled(n, moved, b);
  const origin = inputs.find((v): v is FreeValue => v?.kind === "free")?.origin;
  if (origin !== undefined) throw unmapped(`${origin} starts a computation that no layer does; ${n.label} reads it`);
  throw n.refuse(rule ? "its form is not known" : "there is no rule for this operator");
}

function tried(n: Node, inputs: readonly (Value | undefined)[], b: Builder): Value {
  try {
    return step(n, inputs, b);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw n.refuse(
      "it has more values than are looked at to tell what it computes",
      "export adder layers as addernet.AdderConv (docs/import.md)",
    );
  }
}

/** The shape that the model itself states, where it does. */
function checkShape(n: Node, value: Value, stated: ValueMessage | undefined, batch: number): void {
  const dims = stated?.type?.tensorType?.shape?.dim;
  if (value.kind !== "layer" || !dims || value.last) return;
  const shape = fullShape(value, batch);
  const known = dims.map((d) => d.dimValue);
  if (
    known.slice(1).some((d, i) => d > 0 && d !== shape[i + 1]) &&
    sizeOf(known.slice(1).map((d) => d || 1)) !== sizeOf(shape.slice(1))
  )
    throw n.refuse(`its result would be [${shape}], and the model says [${known}]`);
}

/**
 * Maps a model to a network. `beside` reads files of external data by their path relative to the model. Throws InputError:
 * AN9003 where the file cannot be read, AN9004 naming the node and operator that has no counterpart.
 */
export function importOnnx(bytes: Uint8Array, beside: ReadBeside, options: OnnxOptions): OnnxNetwork {
  const model = decodeModel(bytes);
  const graph = model.graph!;
  if (model.functions.length > 0)
    throw unmapped("the model has functions of its own", { hint: "inline them: onnx.inliner.inline_local_functions" });
  if (graph.sparseInitializer.length > 0) throw unmapped("the model has sparse tensors");
  const input = inputValue(graph, options);
  const values = new Map<string, Value>([[input.name, input.value]]);
  const tensors = new Map(graph.initializer.map((t) => [t.name, t]));
  // Read when asked for: a model may hold more than it uses.
  const inputOf = (name: string, n: Node): Value | undefined => {
    if (name === "") return undefined;
    const known = values.get(name);
    if (known) return known;
    const tensor = tensors.get(name);
    if (!tensor) throw n.refuse(`it reads ${shown(name)}, which nothing computes before it`);
    const value: Value = { kind: "constant", value: readTensor(tensor, beside) };
    values.set(name, value);
    return value;
  };
  const stated = new Map([...graph.valueInfo, ...graph.output].map((v) => [v.name, v]));
  const b = new Builder(input.batch, inputName);
  // A ResNet-20 whose adder layers are all spelled out takes a quarter.
  const budget = { left: 2 ** 30 };
  for (const message of graph.node) refuseNorms(new Node(message, beside, budget));
  for (const message of graph.node) {
    const n = new Node(message, beside, budget);
    const inputs = message.input.map((name) => inputOf(name, n));
    const value = tried(n, inputs, b);
    n.settle();
    checkShape(n, value, stated.get(message.output[0] ?? ""), b.batch);
    if (message.output[0]) values.set(message.output[0], value);
  }
  const outputs = graph.output.map(({ name }) => {
    const value = values.get(name);
    if (value?.kind === "free")
      throw unmapped(`${value.origin} starts a computation that no layer does; it leaves the model as ${shown(name)}`);
    if (value?.kind !== "layer") throw unmapped(`output ${shown(name)} is not a layer's result`);
    if (value.quantized)
      throw unmapped(`output ${shown(name)} is quantized`, { hint: "end the model with DequantizeLinear" });
    return value.layer;
  });
  if (outputs.length === 0) throw unreadable("the model has no outputs");
  return written(b, outputs, input.value, model.producerName, options);
}

function written(
  b: Builder,
  outputs: readonly string[],
  input: LayerValue,
  producer: string,
  options: OnnxOptions,
): OnnxNetwork {
  const layers = needed(b.layers, outputs);
  if (layers.length === 0) throw unmapped("the model has no layers");
  const [c, h = 1, w = 1] = input.shape;
  const { scale, mean, std, name } = options;
  const head = {
    format: FORMAT,
    name,
    description: `imported from ONNX${producer ? ` (${producer.slice(0, 60)})` : ""}`,
    input: { name: inputName, shape: [h, w, c], storage: "uint8", scale, mean, std },
    weights: "weights.safetensors",
    layout: "pytorch",
    ...(outputs.join("\n") === layers.at(-1)!.name ? {} : { outputs: [...new Set(outputs)] }),
  };
  const lines = layers.map(({ inputs, ...layer }, i) => {
    const previous = i === 0 ? inputName : layers[i - 1]!.name;
    const { name: own, kind, ...rest } = layer;
    return `    ${JSON.stringify({ name: own, kind, ...(inputs.join("\n") === previous ? {} : { inputs }), ...rest })}`;
  });
  const fields = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`);
  const text = `{\n${fields.join("")}  "layers": [\n${lines.join(",\n")}\n  ]\n}\n`;
  const used = new Set(layers.flatMap((l) => Object.values(l)));
  const tensors = [...b.tensors].filter(([key]) => used.has(key));
  const exact = (data: Float64Array): boolean => data.every((v) => Object.is(Math.fround(v), v));
  const weights = writeSafetensors(
    new Map(
      tensors.map(([key, t]) => [key, { ...t, dtype: exact(t.data) ? ("float32" as const) : ("float64" as const) }]),
    ),
  );
  const notes = [...(scale === undefined ? ["the stored input values are the real ones (scale 1)"] : []), ...b.notes];
  return {
    files: new Map([
      ["network.json", new TextEncoder().encode(text)],
      ["weights.safetensors", weights],
    ]),
    layers: layers.length,
    notes,
  };
}
