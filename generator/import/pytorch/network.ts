// From a state dict to a network file and its weights.
import { FORMAT } from "../../1-parse/schema.ts";
import { didYouMean } from "../../diagnostics/print.ts";
import { writeSafetensors } from "../../files/safetensors.ts";
import type { FloatTensor } from "../../ir/tensor.ts";
import { type Architecture, architectures, type PlanOptions } from "./architectures.ts";
import type { Bound } from "./bind.ts";
import { shown, unfit } from "./error.ts";
import { normalize } from "./normalize.ts";
import type { InputPlan, NetworkPlan } from "./plan.ts";
import { Planner } from "./planner.ts";

const inputName = "input";
const maxListed = 12;

const list = (items: readonly string[]): string =>
  items.length > maxListed
    ? `${items.slice(0, maxListed).join(", ")} and ${items.length - maxListed} more`
    : items.join(", ");

export interface NetworkOptions extends PlanOptions {
  /** Replace what the published network was trained on. */
  readonly scale?: number | undefined;
  readonly mean?: readonly number[] | undefined;
  readonly std?: readonly number[] | undefined;
  /** Layers, or parts of the network, whose `.weight` is an adder layer's. */
  readonly adders?: readonly string[] | undefined;
}

/** Channels of the input as the first layer reads them. */
function channelsOf(state: ReadonlyMap<string, FloatTensor>, known: Architecture): number | undefined {
  const kernels = (key: string): boolean => /(^|\.)(adder|weight)$/.test(key) && state.get(key)!.shape.length >= 2;
  const stem =
    known.stem === undefined
      ? [...state.keys()].find(kernels)
      : [...state.keys()].find((k) => k === `${known.stem}.weight` || k === `${known.stem}.adder`);
  return stem === undefined ? undefined : state.get(stem)?.shape[1];
}

/** The input of the network: as the user says, else as published where the channels are the published ones. */
function inputOf(
  known: Architecture,
  channels: number,
  size: readonly [number, number] | undefined,
  { shape, scale, mean, std }: NetworkOptions,
): InputPlan {
  const published = channels === known.input.shape[2];
  const plain = { shape: known.input.shape, scale: known.input.scale };
  const base = published ? known.input : plain;
  const [h, w] = shape ?? size ?? base.shape;
  return {
    ...base,
    shape: shape ?? [h, w, channels],
    ...(scale === undefined ? {} : { scale }),
    ...(mean === undefined ? {} : { mean }),
    ...(std === undefined ? {} : { std }),
  };
}

/**
 * Maps a state dict to the layers of a known architecture, whose numbers come from the tensors. Throws InputError (AN9002)
 * naming every key that is missing, has another shape, or has no place.
 */
export function planNetwork(
  checkpoint: ReadonlyMap<string, FloatTensor>,
  architecture: string,
  options: NetworkOptions = {},
): NetworkPlan {
  const known = architectures.get(architecture);
  if (!known) {
    const meant = didYouMean(architecture, [...architectures.keys()]);
    throw unfit(`unknown architecture ${shown(architecture)}`, {
      expected: [...architectures.keys()].join(", "),
      ...(meant ? { hint: `did you mean "${meant}"?` } : {}),
    });
  }
  const state = normalize(checkpoint, options.adders);
  const channels = options.shape?.[2] ?? channelsOf(state, known) ?? known.input.shape[2];
  const planner = new Planner(state, inputName, channels);
  const planned = known.plan(planner, state, options);
  const { missing, misshapen, layers, tensors } = planner;
  const unmapped = planner.unmapped();
  const faults = [
    ...(missing.length > 0 ? [`missing: ${list(missing.map(shown))}`] : []),
    ...(misshapen.length > 0 ? [`of another shape: ${list(misshapen)}`] : []),
    ...(unmapped.length > 0 ? [`without a place in it: ${list(unmapped.map(shown))}`] : []),
  ];
  if (faults.length > 0) {
    throw unfit(`the checkpoint is not a ${architecture}`, {
      expected: known.summary,
      found: faults.join("; "),
      hint: shifts(unmapped) ?? other,
    });
  }
  const input = inputOf(known, channels, planned?.size, options);
  const said = [
    ...(options.shape || planned?.size ? [] : [`images of ${input.shape.join(" x ")}`]),
    ...(options.scale === undefined ? [`real value = stored value * ${input.scale}`] : []),
    ...(input.mean && options.mean === undefined ? ["mean and standard deviation of the published training"] : []),
    ...(planned?.assumed ?? []),
  ];
  return { architecture, input, layers, tensors, assumed: said };
}

const other =
  "name the architecture it was trained with, or write the network file and bind the tensors to it: --network NET.json; scripts/export_pytorch.py exports from PyTorch itself";

/** DeepShift keeps exponents and signs beside the weights of a shift layer. */
const shifts = (keys: readonly string[]): string | undefined =>
  keys.some((key) => /\.(shift|sign|s|p|mask)$/.test(key))
    ? "shift layers (powers of two and signs beside the weights) are not computed; in a network file they are conv2d with the weights they stand for"
    : undefined;

/** float32 where it holds every value, as it does for what PyTorch trains; float64 else. */
function stored({ shape, data }: FloatTensor) {
  const exact = data.every((value) => Object.is(Math.fround(value), value));
  return { shape, data, dtype: exact ? ("float32" as const) : ("float64" as const) };
}

/** The text of a network file with one layer a line. */
function networkText(fields: Readonly<Record<string, unknown>>): string {
  const { layers, ...head } = fields as { layers: readonly unknown[] };
  const top = Object.entries(head).filter(([, value]) => value !== undefined);
  const lines = layers.map((layer) => `    ${JSON.stringify(layer)}`).join(",\n");
  return `{\n${top.map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`).join("")}  "layers": [\n${lines}\n  ]\n}\n`;
}

const weightsFile = (tensors: ReadonlyMap<string, FloatTensor>): Uint8Array =>
  writeSafetensors(new Map([...tensors].map(([key, tensor]) => [key, stored(tensor)])));

/**
 * The files of a planned network: network.json, one layer a line, and weights.safetensors with the tensors it names, in
 * PyTorch's order. `name` is the network's own.
 */
export function networkFiles(plan: NetworkPlan, name: string): Map<string, Uint8Array> {
  const { input, layers, tensors, architecture } = plan;
  const { shape, scale, mean, std } = input;
  const text = networkText({
    format: FORMAT,
    name,
    description: `imported from a PyTorch checkpoint as ${architecture}`,
    input: { name: inputName, shape, storage: "uint8", scale, mean, std },
    weights: "weights.safetensors",
    layout: "pytorch",
    layers,
  });
  return new Map([
    ["network.json", new TextEncoder().encode(text)],
    ["weights.safetensors", weightsFile(tensors)],
  ]);
}

/** The files of a network that was bound to a checkpoint. */
export function boundFiles({ network, tensors }: Pick<Bound, "network" | "tensors">): Map<string, Uint8Array> {
  return new Map([
    ["network.json", new TextEncoder().encode(networkText(network))],
    ["weights.safetensors", weightsFile(tensors)],
  ]);
}
