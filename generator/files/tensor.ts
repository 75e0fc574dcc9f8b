// Arrays as the readers give them.
import type { FloatTensor } from "../ir/tensor.ts";
import { FileError } from "./error.ts";

const DTYPES = [
  "bool",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "float16",
  "bfloat16",
  "float32",
  "float64",
] as const;

/** How a value is stored in the file. */
export type Dtype = (typeof DTYPES)[number];

export type TensorData =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/**
 * One array, row-major. 64-bit integers come as Float64Array, each value exact; half floats as Float32Array; booleans as
 * Uint8Array of 0 and 1.
 */
export interface Tensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** A file of named arrays, each read when asked for. Every method throws FileError. */
export interface TensorFile {
  /** In the file's order. */
  names(): readonly string[];
  shape(name: string): readonly number[];
  read(name: string): Tensor;
}

export interface ReadLimits {
  /** Largest size of one array in memory, in bytes. */
  readonly maxBytes?: number | undefined;
}

/** One gibibyte: far above any network that fits an FPGA, far below what harms the machine. */
export const DEFAULT_MAX_BYTES = 2 ** 30;

export const isFloat = (dtype: Dtype): boolean => dtype.includes("float");

/** The values as float64 in the same shape. */
export function toFloatTensor(t: Tensor): FloatTensor {
  return { shape: t.shape, data: t.data instanceof Float64Array ? t.data : Float64Array.from(t.data) };
}

/** Product of the dimensions, or null where it is not exact. */
export function elementCount(shape: readonly number[]): number | null {
  if (shape.includes(0)) return 0;
  let n = 1;
  for (const d of shape) {
    n *= d;
    if (!Number.isSafeInteger(n)) return null;
  }
  return n;
}

/** The error for a name that the file does not hold, with the nearest names as a hint. */
export function missing(name: string, names: readonly string[]): FileError {
  const tail = (s: string) => s.slice(s.lastIndexOf(".") + 1);
  const near = names.filter(
    (n) => n.toLowerCase() === name.toLowerCase() || n.endsWith(name) || tail(n) === tail(name),
  );
  const shown = (near.length > 0 ? near : names).slice(0, 8);
  return new FileError({
    code: "tensor-missing",
    message: `no array named "${name}"`,
    found: names.length === 0 ? "a file without arrays" : `${names.length} arrays`,
    hint: shown.length > 0 ? `the file has ${shown.map((n) => `"${n}"`).join(", ")}` : undefined,
  });
}
