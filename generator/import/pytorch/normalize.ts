// One way of naming what checkpoints name in several.
import type { FloatTensor } from "../../ir/tensor.ts";
import { shown, unfit } from "./error.ts";

type State = ReadonlyMap<string, FloatTensor>;

/** Flattened kernels [out, in, k * k] with their two axes; others as they are. */
function unflattened({ shape, data }: FloatTensor): FloatTensor {
  const k = Math.sqrt(shape[2] ?? 0);
  return shape.length === 3 && Number.isInteger(k) ? { shape: [shape[0]!, shape[1]!, k, k], data } : { shape, data };
}

const within = (name: string, layer: string): boolean => layer === name || layer.startsWith(`${name}.`);

/**
 * The state dict with adder weights under `.adder`: those kept as `.pat`, and the `.weight` of layers that `adders` names
 * (a layer, or the part of the network it stands in; "all" for every one). Throws InputError for a name without weights.
 */
export function normalize(state: State, adders: readonly string[] = []): Map<string, FloatTensor> {
  const used = new Set<string>();
  const out = new Map<string, FloatTensor>();
  for (const [key, tensor] of state) {
    const dot = key.lastIndexOf(".");
    const [layer, part] = [key.slice(0, Math.max(dot, 0)), key.slice(dot + 1)];
    const named = adders.filter((name) => name === "all" || within(name, layer));
    const kernels = tensor.shape.length >= 2 && tensor.shape.length <= 4;
    const isAdder = (part === "pat" && kernels) || (part === "weight" && kernels && named.length > 0);
    if (isAdder || (part === "adder" && kernels)) for (const name of named) used.add(name);
    const target = isAdder ? `${layer}.adder` : key;
    if (isAdder && state.has(target)) throw unfit(`${shown(key)} and ${shown(target)} are both weights of one layer`);
    out.set(target, isAdder || part === "adder" ? unflattened(tensor) : tensor);
  }
  const idle = adders.filter((name) => !used.has(name));
  if (idle.length > 0) {
    throw unfit(`no layer called ${idle.map(shown).join(", ")} has weights`, {
      hint: "addernet import pytorch FILE --list prints the names",
    });
  }
  return out;
}
