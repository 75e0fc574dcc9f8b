// From views of storages to plain arrays.
import { brainToNumber, halfToNumber } from "../../files/dtype.ts";
import { type Dtype, elementCount } from "../../files/tensor.ts";
import type { FloatTensor } from "../../ir/tensor.ts";
import { shown, unreadable } from "./error.ts";
import type { StorageType, TensorView, Value } from "./values.ts";

/** The stored pieces of a checkpoint. */
export interface Pieces {
  /** The bytes of a piece; throws when there is none of that name. */
  bytes(key: string): Uint8Array;
  readonly littleEndian: boolean;
}

/** A file's value and the stored numbers that its tensors point into. */
export interface Contents {
  readonly value: Value;
  readonly pieces: Pieces;
}

type Get = (view: DataView, at: number, little: boolean) => number;

/** Bytes of a stored value and how it is read. */
export const formats: Readonly<Record<StorageType, { readonly size: number; readonly get: Get }>> = {
  float64: { size: 8, get: (v, at, le) => v.getFloat64(at, le) },
  float32: { size: 4, get: (v, at, le) => v.getFloat32(at, le) },
  float16: { size: 2, get: (v, at, le) => halfToNumber(v.getUint16(at, le)) },
  bfloat16: { size: 2, get: (v, at, le) => brainToNumber(v.getUint16(at, le)) },
  int64: { size: 8, get: (v, at, le) => Number(v.getBigInt64(at, le)) },
  int32: { size: 4, get: (v, at, le) => v.getInt32(at, le) },
  int16: { size: 2, get: (v, at, le) => v.getInt16(at, le) },
  int8: { size: 1, get: (v, at) => v.getInt8(at) },
  uint8: { size: 1, get: (v, at) => v.getUint8(at) },
  uint16: { size: 2, get: (v, at, le) => v.getUint16(at, le) },
  uint32: { size: 4, get: (v, at, le) => v.getUint32(at, le) },
  bool: { size: 1, get: (v, at) => (v.getUint8(at) === 0 ? 0 : 1) },
};

/** Bytes of one element. */
export const elementBytes = (dtype: StorageType): number => formats[dtype].size;

/** All tensors of a checkpoint together; several times what fits a device that this compiler knows. */
const maxElements = 100_000_000;

/** Checks that a view lies in its storage and repeats nothing; gives its number of elements. */
function checkView(name: string, { storage, offset, shape, strides }: TensorView): number {
  const count = elementCount(shape);
  const last = shape.reduce((at, size, axis) => at + (size - 1) * strides[axis]!, offset);
  const fits = count === 0 || (count !== null && last < storage.length && count <= storage.length);
  if (fits) return count;
  throw unreadable(`tensor ${shown(name)} does not lie in its storage`, {
    expected: `elements within 0 to ${storage.length - 1}`,
    found: `shape [${shape}], strides [${strides}], offset ${offset}`,
    hint: "the file is damaged, or the tensor was expanded: save it with .contiguous()",
  });
}

/** The bytes of a view's storage, all of them present. */
function storageBytes(name: string, { storage }: TensorView, pieces: Pieces): DataView {
  const { size } = formats[storage.dtype];
  const bytes = storage.inline?.bytes ?? pieces.bytes(storage.key);
  const until = (storage.offset + storage.length) * size;
  if (until > bytes.length) {
    throw unreadable(`the storage of tensor ${shown(name)} is cut short`, {
      expected: `${until} bytes`,
      found: `${bytes.length} bytes`,
    });
  }
  return new DataView(bytes.buffer, bytes.byteOffset + storage.offset * size, storage.length * size);
}

/** Copies a view of `count` elements into row-major order. */
function gather(
  source: DataView,
  little: boolean,
  { storage, offset, shape, strides }: TensorView,
  count: number,
): Float64Array {
  const { size, get } = formats[storage.dtype];
  const data = new Float64Array(count);
  const index = new Array<number>(shape.length).fill(0);
  let at = offset;
  for (let i = 0; i < count; i++) {
    data[i] = get(source, at * size, little);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      at -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return data;
}

/** How a tensor is stored. */
export interface Stored {
  readonly shape: readonly number[];
  readonly dtype: StorageType | Dtype;
  /** Of a quantized tensor: real value = (q - zero point) * scale. */
  readonly scale?: readonly number[];
  readonly zeroPoint?: readonly number[];
}

export interface ReadTensors {
  /** Real values, row-major; integers and booleans become numbers. */
  readonly tensors: ReadonlyMap<string, FloatTensor>;
  readonly stored: ReadonlyMap<string, Stored>;
}

/** The tensors' values, those of quantized ones dequantized. Throws InputError. */
export function readTensors(views: ReadonlyMap<string, TensorView>, pieces: Pieces): ReadTensors {
  const counts = new Map([...views].map(([name, view]) => [name, checkView(name, view)]));
  const total = [...counts.values()].reduce((a, b) => a + b, 0);
  if (total > maxElements) {
    throw unreadable("the checkpoint is too large", { expected: `at most ${maxElements} numbers`, found: `${total}` });
  }
  const values = (name: string, view: TensorView, count: number): Float64Array =>
    gather(storageBytes(name, view, pieces), view.storage.inline?.littleEndian ?? pieces.littleEndian, view, count);
  const tensors = new Map<string, FloatTensor>();
  const stored = new Map<string, Stored>();
  for (const [name, view] of views) {
    const data = values(name, view, counts.get(name)!);
    const { shape, affine } = view;
    const form = { shape, dtype: view.storage.dtype };
    if (!affine) stored.set(name, form);
    else {
      const part = (p: number | TensorView): readonly number[] =>
        typeof p === "number" ? [p] : [...values(name, p, checkView(name, p))];
      const [scale, zeroPoint] = [part(affine.scale), part(affine.zero)];
      dequantize(name, shape, data, scale, zeroPoint, affine.axis);
      stored.set(name, { ...form, scale, zeroPoint });
    }
    tensors.set(name, { shape, data });
  }
  return { tensors, stored };
}

/** Integers to real values in place, with one scale or one for each index of `axis`. */
function dequantize(
  name: string,
  shape: readonly number[],
  data: Float64Array,
  scale: readonly number[],
  zero: readonly number[],
  axis: number,
): void {
  const many = scale.length > 1 || zero.length > 1;
  if (scale.length !== zero.length || (many && shape[axis] !== scale.length)) {
    throw unreadable(`the scales of tensor ${shown(name)} do not fit its shape`, {
      expected: `one, or ${shape[axis] ?? "as many"} along axis ${axis}`,
      found: `${scale.length} scales and ${zero.length} zero points`,
    });
  }
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  for (let i = 0; i < data.length; i++) {
    const at = many ? Math.floor(i / inner) % scale.length : 0;
    data[i] = (data[i]! - zero[at]!) * scale[at]!;
  }
}
