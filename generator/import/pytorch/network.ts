// From a state dict to a network file and its weights.
import { FORMAT } from "../../1-parse/schema.ts";
import { didYouMean } from "../../diagnostics/print.ts";
import { writeSafetensors } from "../../files/safetensors.ts";
import type { FloatTensor } from "../../ir/tensor.ts";
import { architectures } from "./architectures.ts";
import { shown, unfit } from "./error.ts";
import type { InputPlan, NetworkPlan } from "./plan.ts";
import { Planner } from "./planner.ts";

const inputName = "input";
const maxListed = 12;

const list = (items: readonly string[]): string =>
  items.length > maxListed
    ? `${items.slice(0, maxListed).join(", ")} and ${items.length - maxListed} more`
    : items.join(", ");

/**
 * Maps a state dict to the layers of a known architecture. `input` replaces what the published network was trained on.
 * Throws InputError (AN9002) naming every key that is missing, has another shape, or has no place.
 */
export function planNetwork(
  state: ReadonlyMap<string, FloatTensor>,
  architecture: string,
  input?: InputPlan,
): NetworkPlan {
  const known = architectures.get(architecture);
  if (!known) {
    const meant = didYouMean(architecture, [...architectures.keys()]);
    throw unfit(`unknown architecture ${shown(architecture)}`, {
      expected: [...architectures.keys()].join(", "),
      ...(meant ? { hint: `did you mean "${meant}"?` } : {}),
    });
  }
  const used = input ?? known.input;
  const planner = new Planner(state, inputName, used.shape[2]);
  known.plan(planner);
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
      hint: "name the architecture it was trained with; other networks are exported from PyTorch itself",
    });
  }
  return { architecture, input: used, layers, tensors };
}

/** float32 where it holds every value, as it does for what PyTorch trains; float64 else. */
function stored({ shape, data }: FloatTensor) {
  const exact = data.every((value) => Object.is(Math.fround(value), value));
  return { shape, data, dtype: exact ? ("float32" as const) : ("float64" as const) };
}

/**
 * The files of a planned network: network.json, one layer a line, and weights.safetensors with the tensors it names, in
 * PyTorch's order. `name` is the network's own.
 */
export function networkFiles(plan: NetworkPlan, name: string): Map<string, Uint8Array> {
  const { input, layers, tensors, architecture } = plan;
  const head = {
    format: FORMAT,
    name,
    description: `imported from a PyTorch checkpoint of ${architecture}`,
    input: {
      name: inputName,
      shape: input.shape,
      storage: "uint8",
      scale: input.scale,
      mean: input.mean,
      std: input.std,
    },
    weights: "weights.safetensors",
    layout: "pytorch",
  };
  const fields = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`);
  const lines = layers.map((layer) => `    ${JSON.stringify(layer)}`).join(",\n");
  const json = `{\n${fields.join("\n")}\n  "layers": [\n${lines}\n  ]\n}\n`;
  return new Map([
    ["network.json", new TextEncoder().encode(json)],
    ["weights.safetensors", writeSafetensors(new Map([...tensors].map(([key, tensor]) => [key, stored(tensor)])))],
  ]);
}
