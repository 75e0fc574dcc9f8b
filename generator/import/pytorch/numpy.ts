// Arrays of NumPy in a pickle.
import { latin1, Opaque, Storage, type StorageType, TensorView, Tuple, type Value } from "./values.ts";

const types: Readonly<Record<string, StorageType>> = {
  f8: "float64",
  f4: "float32",
  f2: "float16",
  i8: "int64",
  i4: "int32",
  i2: "int16",
  i1: "int8",
  u4: "uint32",
  u2: "uint16",
  u1: "uint8",
  b1: "bool",
};

const itemsOf = (value: Value | undefined): readonly Value[] =>
  value instanceof Tuple ? value.items : Array.isArray(value) ? value : [];

/** dtype("f4") with the state (version, byte order, ...). */
function typeOf(value: Value | undefined): { dtype: StorageType; size: number; littleEndian: boolean } | undefined {
  if (!(value instanceof Opaque) || value.name !== "numpy.dtype") return undefined;
  const [code] = value.args;
  const dtype = typeof code === "string" && Object.hasOwn(types, code) ? types[code] : undefined;
  if (dtype === undefined) return undefined;
  return { dtype, size: Number((code as string).slice(1)), littleEndian: itemsOf(value.state)[1] !== ">" };
}

/** Bytes, also as Python 2 wrote them: a text of as many characters. */
const bytesOf = (value: Value | undefined): Uint8Array | undefined =>
  value instanceof Uint8Array ? value : typeof value === "string" ? latin1(value) : undefined;

function view(shapeOf: Value | undefined, typed: Value | undefined, fortran: boolean, raw: Value | undefined) {
  const type = typeOf(typed);
  const bytes = bytesOf(raw);
  const shape = itemsOf(shapeOf);
  if (!type || !bytes || !shape.every((n): n is number => typeof n === "number" && Number.isSafeInteger(n) && n >= 0))
    return undefined;
  const step = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
  const strides = shape.map((_, i) => step(fortran ? shape.slice(0, i) : shape.slice(i + 1)));
  const length = Math.floor(bytes.length / type.size);
  const storage = new Storage(type.dtype, "", 0, length, { bytes, littleEndian: type.littleEndian });
  return new TensorView(storage, 0, shape, strides);
}

/** The array that an opaque value is; undefined where it is none, or one of a type that is not known. */
export function arrayOf(value: Opaque): TensorView | undefined {
  const [module = "", name] = [value.name.slice(0, value.name.lastIndexOf(".")), value.name.split(".").at(-1)];
  if (!/^numpy(\.|$)/.test(module)) return undefined;
  // BUILD of (version, shape, dtype, in Fortran's order, bytes).
  if (name === "_reconstruct" || name === "ndarray") {
    const [, shape, type, fortran, raw] = itemsOf(value.state);
    return view(shape, type, fortran === true, raw);
  }
  // Protocol 5: (buffer, dtype, shape, order).
  if (name === "_frombuffer") {
    const [raw, type, shape, order] = value.args;
    return view(shape, type, order === "F", raw);
  }
  return undefined;
}
