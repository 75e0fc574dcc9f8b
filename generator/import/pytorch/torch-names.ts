// The names of Python that a state dict needs, and what calling one gives.
import { shown, unreadable } from "./error.ts";
import { Dict, Global, STORAGE_TYPES, Storage, TensorView, Tuple, type Value } from "./values.ts";

type Call = (args: readonly Value[]) => Value;

const maxRank = 32;

const misuse = (name: string): never => {
  throw unreadable(`the checkpoint calls ${name} with arguments that do not fit`, { hint: "the file is damaged" });
};

const isCount = (value: Value | undefined): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

function counts(value: Value | undefined, name: string): readonly number[] {
  if (!(value instanceof Tuple) || value.items.length > maxRank || !value.items.every(isCount)) return misuse(name);
  return value.items as readonly number[];
}

function orderedDict(args: readonly Value[]): Dict {
  const dict = new Dict();
  const [pairs = []] = args;
  if (!Array.isArray(pairs) || args.length > 1) return misuse("collections.OrderedDict");
  for (const pair of pairs) {
    const items = pair instanceof Tuple ? pair.items : Array.isArray(pair) ? pair : [];
    if (items.length !== 2) return misuse("collections.OrderedDict");
    dict.map.set(items[0]!, items[1]!);
  }
  return dict;
}

function rebuildTensor(args: readonly Value[]): TensorView {
  const name = "torch._utils._rebuild_tensor";
  const [storage, offset, size, stride] = args;
  if (!(storage instanceof Storage) || !isCount(offset)) return misuse(name);
  const shape = counts(size, name);
  const strides = counts(stride, name);
  return shape.length === strides.length ? new TensorView(storage, offset, shape, strides) : misuse(name);
}

function rebuildParameter(args: readonly Value[]): TensorView {
  const [tensor] = args;
  return tensor instanceof TensorView ? tensor : misuse("torch._utils._rebuild_parameter");
}

const calls: ReadonlyMap<string, Call> = new Map<string, Call>([
  ["collections.OrderedDict", orderedDict],
  ["torch._utils._rebuild_tensor", rebuildTensor],
  ["torch._utils._rebuild_tensor_v2", rebuildTensor],
  ["torch._utils._rebuild_parameter", rebuildParameter],
  ["torch.Size", ([items]) => (items instanceof Tuple ? items : misuse("torch.Size"))],
]);

const moduleHint = "only state dicts are read: write one with torch.save(net.state_dict(), path)";

/** Looks a name up; one that is not on the list is refused. Throws InputError. */
export function find(module: string, name: string): Global {
  const full = `${module}.${name}`;
  if (calls.has(full) || STORAGE_TYPES.has(full)) return new Global(full);
  throw unreadable(`the checkpoint needs ${shown(full)}, which is not data`, {
    hint: moduleHint,
    expected: "tensors, dictionaries, lists and plain values",
  });
}

export function call(target: Global, args: Tuple): Value {
  const action = calls.get(target.name);
  return action ? action(args.items) : misuse(target.name);
}

/**
 * The storage that a persistent id names: ("storage", type, key, place, elements), in legacy files with a view
 * (key, offset, elements) or None behind. Throws InputError.
 */
export function storageOf(id: Value): Storage {
  const [tag, type, key, , length, view = null] = id instanceof Tuple ? id.items : [];
  const dtype = type instanceof Global ? STORAGE_TYPES.get(type.name) : undefined;
  if (tag !== "storage" || !dtype || typeof key !== "string" || !isCount(length)) return misuse("a storage");
  if (view === null) return new Storage(dtype, key, 0, length);
  const [, offset, viewLength] = view instanceof Tuple ? view.items : [];
  if (!isCount(offset) || !isCount(viewLength) || offset + viewLength > length) return misuse("a view of a storage");
  return new Storage(dtype, key, offset, viewLength);
}
