// Finds the tensors in what a checkpoint holds.
import { shown, unreadable } from "./error.ts";
import { Dict, TensorView, type Value } from "./values.ts";

/** Keys under which training scripts put the state dict, most telling first. */
const wrappers = ["state_dict", "model_state_dict", "model", "net", "params"];
const maxWrapping = 4;

const holdsTensors = (dict: Dict): boolean => [...dict.map.values()].some((value) => value instanceof TensorView);

const keysOf = (dict: Dict): string => {
  const keys = [...dict.map.keys()].map((key) => (typeof key === "string" ? shown(key) : typeof key));
  return keys.length > 8 ? `${keys.slice(0, 8).join(", ")} and ${keys.length - 8} more` : keys.join(", ");
};

function stateDict(value: Value): Dict {
  let dict = value;
  for (let depth = 0; depth <= maxWrapping && dict instanceof Dict; depth++) {
    const inner = wrappers.map((key) => (dict as Dict).map.get(key)).find((v) => v instanceof Dict);
    if (inner) dict = inner;
    else if (holdsTensors(dict)) return dict;
    else break;
  }
  throw unreadable("the checkpoint holds no state dict", {
    expected: `a dictionary of tensors, or one under ${wrappers.map(shown).join(", ")}`,
    found: dict instanceof Dict ? `a dictionary with ${keysOf(dict) || "no keys"}` : "something else",
    hint: "write it with torch.save(net.state_dict(), path)",
  });
}

export interface StateDict {
  readonly tensors: ReadonlyMap<string, TensorView>;
  /** Keys whose values are no tensors. */
  readonly ignored: readonly string[];
}

/** The tensors by name, without the `module.` that DataParallel puts before every one. Throws InputError. */
export function findTensors(value: Value): StateDict {
  const tensors = new Map<string, TensorView>();
  const ignored: string[] = [];
  for (const [key, item] of stateDict(value).map) {
    if (typeof key === "string" && item instanceof TensorView) tensors.set(key, item);
    else ignored.push(typeof key === "string" ? key : typeof key);
  }
  const prefix = "module.";
  if (![...tensors.keys()].every((key) => key.startsWith(prefix))) return { tensors, ignored };
  return { tensors: new Map([...tensors].map(([key, view]) => [key.slice(prefix.length), view])), ignored };
}
