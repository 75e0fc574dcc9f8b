// A recipe becomes a network file.
import type { Shape } from "../../generator/ir/tensor.ts";
import { drawers, type Tensor } from "./layers.ts";
import type { Recipe, Step } from "./recipe.ts";

/** A network file, and the shape that each of its layers must have. */
export interface DrawnNetwork {
  readonly file: Readonly<Record<string, unknown>> & { readonly layers: readonly Record<string, unknown>[] };
  readonly shapes: Readonly<Record<string, Shape>>;
  /** The step that each layer came from. */
  readonly steps: readonly Step[];
}

/** Kinds that are drawn more often than once in a round. */
const often: Readonly<Record<string, number>> = { adder_conv2d: 5, conv2d: 3, adder_linear: 2, add: 3, batch_norm: 2 };
/**
 * Kinds that may become part of the layer before them, and then have no operands whose bits could be asked. One that is
 * missing here shows: the compiler refuses its networks.
 */
const folded = new Set(
  "batch_norm bias dropout hard_tanh identity leaky_relu parametric_relu randomized_relu relu relu6 scale sign".split(
    " ",
  ),
);
/** Kinds that a vector or a map needs before others are possible. */
const dense = new Set(["adder_linear", "linear", "binary_linear", "argmax"]);

const vectorOf = ({ shape }: Tensor): boolean => shape[0] * shape[1] === 1;

export function networkOf(r: Recipe, kinds: readonly string[]): DrawnNetwork {
  const input: Tensor = { name: "input", shape: [r.height, r.width, r.channels], flat: false };
  const tensors = [input];
  const layers: Record<string, unknown>[] = [];
  const steps: Step[] = [];
  const read = new Set<string>();
  const urn = kinds.flatMap((k) => new Array<string>(often[k] ?? 1).fill(k));
  const ends: string[] = [];
  const put = (kind: string, step: Step, x: Tensor): Tensor | undefined => {
    const drawn = drawers.get(kind)!({ step, x, tensors, layout: r.layout });
    if (!drawn) return undefined;
    const inputs = drawn.inputs ?? [x.name];
    const name = `${kind}_${layers.length}`;
    const own = layers.length > 0 || x !== input || drawn.inputs;
    layers.push({
      name,
      kind,
      ...(own ? { inputs } : {}),
      ...(step.bits === undefined || folded.has(kind) ? {} : { bits: step.bits }),
      ...drawn.fields,
    });
    steps.push(step);
    for (const n of inputs) read.add(n);
    const made = { name, shape: drawn.shape, flat: drawn.flat ?? false };
    // An index is no feature map: nothing reads it.
    if (kind === "argmax") ends.push(name);
    else tensors.push(made);
    return made;
  };
  for (const step of r.steps) {
    const back = step.from % tensors.length;
    let x = tensors.at(-1 - back)!;
    let kind = urn[step.kind % urn.length]!;
    if (kind === "argmax" && step !== r.steps.at(-1)) kind = urn[(step.kind + 7) % urn.length]!;
    if (dense.has(kind) && x.shape[0] * x.shape[1] > 1) {
      if (x.shape[0] * x.shape[1] * x.shape[2] > 700) continue;
      x = put("flatten", { ...step, bits: undefined }, x)!;
    }
    put(kind, step, x);
  }
  const end = tensors.at(-1)!;
  if (r.last && (r.last !== "argmax" || vectorOf(end))) put(r.last, { ...r.steps.at(-1)!, bits: undefined }, end);
  if (layers.length === 0) put("relu", r.steps[0]!, input);
  // PyTorch's order of a flattened map is not that of the stream: it does not leave the network.
  const ordered = (t: Tensor): boolean => r.layout !== "pytorch" || !t.flat;
  for (const t of tensors.slice(1)) if (!read.has(t.name) && !ordered(t)) put("linear", r.steps.at(-1)!, t);
  const all = [...tensors.slice(1).map((t) => t.name), ...ends];
  const outputs = all.filter((n) => !read.has(n));
  const inner = all[r.extra - 1];
  const flat = tensors.find((t) => t.name === inner && !ordered(t));
  if (inner && !flat && !outputs.includes(inner)) outputs.push(inner);
  if (r.inputToo) outputs.push(input.name);
  // One that is too large for a layer behind it leaves in the order of the stream.
  if (tensors.some((t) => outputs.includes(t.name) && !ordered(t)))
    return networkOf({ ...r, layout: "channels_last" }, kinds);
  const shapes: Record<string, Shape> = Object.fromEntries(tensors.map((t) => [t.name, t.shape]));
  for (const n of ends) shapes[n] = [1, 1, 1];
  const meaning = [
    {},
    { scale: 1 / 255 },
    { scale: 1 / 128, zero_point: r.storage === "int8" ? 0 : 128 },
    { scale: 1 / 255, mean: 0.45, std: 0.25 },
    {
      scale: 0.05,
      mean: Array.from({ length: r.channels }, (_, c) => c / 4),
      std: Array.from({ length: r.channels }, (_, c) => 0.5 + c / 8),
    },
    { scale: 3, zero_point: 5 },
  ][r.meaning]!;
  const file = {
    format: "addernet-rtl/1",
    name: "fuzz",
    input: { shape: input.shape, storage: r.storage, ...meaning },
    layout: r.layout,
    layers,
    outputs,
    quantization: {
      bits: r.bits,
      join_bits: r.joinBits,
      product_bits: r.productBits,
      multiplier_bits: r.multiplierBits,
      mode: r.mode,
      method: r.method,
    },
  };
  return { file, shapes, steps };
}
