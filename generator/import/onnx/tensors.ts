// Tensors of a model as numbers.
import { brainToNumber, halfToNumber } from "../../files/dtype.ts";
import { elementCount } from "../../files/tensor.ts";
import type { FloatTensor } from "../../ir/tensor.ts";
import { shown, unreadable } from "./error.ts";
import type { TensorMessage } from "./proto.ts";

/** Gives the bytes of a file beside the model; throws what the file system says. */
export type ReadBeside = (relativePath: string) => Uint8Array;

type Get = (view: DataView, at: number) => number;

interface Type {
  readonly name: string;
  readonly size: number;
  readonly get: Get;
  /** Field for values that are not raw, and how its numbers are read. */
  readonly field: "floatData" | "int32Data" | "int64Data" | "doubleData" | "uint64Data";
  readonly of?: (v: number) => number;
}

const types: Readonly<Record<number, Type>> = {
  1: { name: "float", size: 4, get: (v, at) => v.getFloat32(at, true), field: "floatData" },
  2: { name: "uint8", size: 1, get: (v, at) => v.getUint8(at), field: "int32Data" },
  3: { name: "int8", size: 1, get: (v, at) => v.getInt8(at), field: "int32Data" },
  4: { name: "uint16", size: 2, get: (v, at) => v.getUint16(at, true), field: "int32Data" },
  5: { name: "int16", size: 2, get: (v, at) => v.getInt16(at, true), field: "int32Data" },
  6: { name: "int32", size: 4, get: (v, at) => v.getInt32(at, true), field: "int32Data" },
  7: { name: "int64", size: 8, get: (v, at) => Number(v.getBigInt64(at, true)), field: "int64Data" },
  9: { name: "bool", size: 1, get: (v, at) => v.getUint8(at), field: "int32Data" },
  10: {
    name: "float16",
    size: 2,
    get: (v, at) => halfToNumber(v.getUint16(at, true)),
    field: "int32Data",
    of: halfToNumber,
  },
  11: { name: "double", size: 8, get: (v, at) => v.getFloat64(at, true), field: "doubleData" },
  12: { name: "uint32", size: 4, get: (v, at) => v.getUint32(at, true), field: "uint64Data" },
  13: { name: "uint64", size: 8, get: (v, at) => Number(v.getBigUint64(at, true)), field: "uint64Data" },
  16: {
    name: "bfloat16",
    size: 2,
    get: (v, at) => brainToNumber(v.getUint16(at, true)),
    field: "int32Data",
    of: brainToNumber,
  },
};

export const typeName = (type: number): string => types[type]?.name ?? `type ${type}`;

/** A constant of the model: real numbers, and the type they are stored in. */
export interface Constant extends FloatTensor {
  readonly type: number;
}

const maxElements = 100_000_000;

/** Reads a tensor, from an external file where the model says so. Throws InputError. */
export function readTensor(t: TensorMessage, beside: ReadBeside): Constant {
  const type = types[t.dataType];
  const name = shown(t.name || "a constant");
  if (!type) throw unreadable(`tensor ${name} has a type that is not known`, { found: `type ${t.dataType}` });
  const count = t.dims.every((n) => Number.isSafeInteger(n) && n >= 0) ? elementCount(t.dims) : null;
  if (count === null || count > maxElements)
    throw unreadable(`tensor ${name} is too large`, {
      expected: `at most ${maxElements} numbers`,
      found: `[${t.dims}]`,
    });
  const { dims: shape, dataType } = t;
  const raw = t.dataLocation === 1 ? external(t, beside) : t.rawData;
  if (raw.length > 0 || t.dataLocation === 1) {
    if (raw.length !== count * type.size)
      throw unreadable(`tensor ${name} does not fill its shape`, {
        expected: `${count * type.size} bytes for ${type.name} [${shape}]`,
        found: `${raw.length} bytes`,
      });
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    return {
      shape,
      type: dataType,
      data: Float64Array.from({ length: count }, (_, i) => type.get(view, i * type.size)),
    };
  }
  const values = t[type.field];
  if (values.length !== count)
    throw unreadable(`tensor ${name} does not fill its shape`, {
      expected: `${count} values for ${type.name} [${shape}]`,
      found: `${values.length} values`,
    });
  return { shape, type: dataType, data: Float64Array.from(values, type.of ?? ((v) => v)) };
}

function external(t: TensorMessage, beside: ReadBeside): Uint8Array {
  const facts = new Map(t.externalData.map(({ key, value }) => [key, value]));
  const location = facts.get("location") ?? "";
  const [offset, length] = [Number(facts.get("offset") ?? 0), Number(facts.get("length") ?? Number.NaN)];
  // The model's folder is as far as a model may reach.
  const parts = location.split(/[\\/]/);
  if (location === "" || parts.includes("..") || parts[0] === "" || /^[A-Za-z]:/.test(location))
    throw unreadable(`the external data of ${shown(t.name)} lies outside the model's folder`, {
      expected: "a relative path without ..",
      found: shown(location),
    });
  let bytes: Uint8Array;
  try {
    bytes = beside(location);
  } catch (error) {
    throw unreadable(`the external data ${shown(location)} cannot be read`, {
      expected: "the file beside the model",
      found: error instanceof Error ? error.message : String(error),
    });
  }
  const until = Number.isNaN(length) ? bytes.length : offset + length;
  if (!(Number.isSafeInteger(offset) && offset >= 0 && until >= offset && until <= bytes.length))
    throw unreadable(`the external data of ${shown(t.name)} lies outside its file`, {
      expected: `0 to ${bytes.length}`,
      found: `${offset} to ${until}`,
    });
  return bytes.subarray(offset, until);
}
