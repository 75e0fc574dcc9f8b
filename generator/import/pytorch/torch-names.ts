// The names of Python that a state dict needs, and what calling one gives. Nothing is run for any name.
import { unreadable } from "./error.ts";
import {
  type Affine,
  Dict,
  Global,
  latin1,
  Opaque,
  STORAGE_TYPES,
  Storage,
  TensorView,
  Tuple,
  type Value,
} from "./values.ts";

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

function rebuildTensor(args: readonly Value[], affine?: Affine): TensorView | Opaque {
  const name = "torch._utils._rebuild_tensor";
  const [storage, offset, size, stride] = args;
  // Numbers of a type that no network has.
  if (storage instanceof Opaque) return storage;
  if (!(storage instanceof Storage) || !isCount(offset)) return misuse(name);
  const shape = counts(size, name);
  const strides = counts(stride, name);
  return shape.length === strides.length ? new TensorView(storage, offset, shape, strides, affine) : misuse(name);
}

/** (storage, offset, size, stride, (scheme, scale, zero point, axis for one scale a channel)). */
function rebuildQuantized(args: readonly Value[]): TensorView | Opaque {
  const name = "torch._utils._rebuild_qtensor";
  const [scheme, scale, zero, axis = 0] = args[4] instanceof Tuple ? args[4].items : misuse(name);
  const isPart = (v: Value | undefined): v is number | TensorView =>
    v instanceof TensorView || (typeof v === "number" && Number.isFinite(v));
  // Other schemes (a scale and zero point in float, say) are named where the tensor is asked for.
  const known = scheme instanceof Global && /^torch\.per_(tensor|channel)_affine$/.test(scheme.name);
  if (!known) return new Opaque(name, []);
  if (!isPart(scale) || !isPart(zero) || !isCount(axis)) return misuse(name);
  return rebuildTensor(args, { scale, zero, axis });
}

function rebuildParameter(args: readonly Value[]): TensorView | Opaque {
  const [tensor] = args;
  if (tensor instanceof TensorView || tensor instanceof Opaque) return tensor;
  return misuse("torch._utils._rebuild_parameter");
}

/** (function, class, arguments, state): a tensor with attributes of its own. */
function rebuildFromType(items: readonly Value[]): Value {
  const [target, , args] = items;
  if (!(target instanceof Global) || !(args instanceof Tuple)) return misuse("torch._tensor._rebuild_from_type_v2");
  return target.name.startsWith("torch._utils.") ? call(target, args) : new Opaque(target.name, args.items);
}

/** Python 3 writes bytes in the older protocols as a text of as many characters. */
function encode(items: readonly Value[]): Value {
  const [text, encoding] = items;
  return typeof text === "string" && encoding === "latin1" ? latin1(text) : new Opaque("_codecs.encode", []);
}

const calls: ReadonlyMap<string, Call> = new Map<string, Call>([
  ["collections.OrderedDict", orderedDict],
  ["torch._utils._rebuild_tensor", (args) => rebuildTensor(args)],
  ["torch._utils._rebuild_tensor_v2", (args) => rebuildTensor(args)],
  ["torch._utils._rebuild_qtensor", rebuildQuantized],
  ["torch._utils._rebuild_parameter", rebuildParameter],
  ["torch._utils._rebuild_parameter_with_state", rebuildParameter],
  ["torch._tensor._rebuild_from_type_v2", rebuildFromType],
  ["_codecs.encode", encode],
  // The empty bytes of the older protocols.
  ["__builtin__.bytes", () => new Uint8Array()],
  ["builtins.bytes", () => new Uint8Array()],
  ["torch.Size", ([items]) => (items instanceof Tuple ? items : misuse("torch.Size"))],
]);

export const find = (module: string, name: string): Global => new Global(`${module}.${name}`);

/** What the call of a name gives: data for the names above, an opaque value for any other. Throws InputError. */
export function call(target: Global, args: Tuple): Value {
  const action = calls.get(target.name);
  return action ? action(args.items) : new Opaque(target.name, args.items);
}

/**
 * The storage that a persistent id names: ("storage", type, key, place, elements), in legacy files with a view
 * (key, offset, elements) or None behind. Opaque where its type is unknown. Throws InputError.
 */
export function storageOf(id: Value): Storage | Opaque {
  const [tag, type, key, , length, view = null] = id instanceof Tuple ? id.items : [];
  const dtype = type instanceof Global ? STORAGE_TYPES.get(type.name) : undefined;
  if (tag === "storage" && type instanceof Global && !dtype) return new Opaque(type.name, []);
  if (tag !== "storage" || !dtype || typeof key !== "string" || !isCount(length)) return misuse("a storage");
  if (view === null) return new Storage(dtype, key, 0, length);
  const [, offset, viewLength] = view instanceof Tuple ? view.items : [];
  if (!isCount(offset) || !isCount(viewLength) || offset + viewLength > length) return misuse("a view of a storage");
  return new Storage(dtype, key, offset, viewLength);
}
