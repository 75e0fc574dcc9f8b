// NumPy's .npy format, versions 1 to 3.
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
import { BYTES, decode, encode } from "./dtype.ts";
import { FileError } from "./error.ts";
import { parseNpyHeader } from "./npy-header.ts";
import {
  DEFAULT_MAX_BYTES,
  type Dtype,
  elementCount,
  type ReadLimits,
  type Tensor,
  type TensorData,
} from "./tensor.ts";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
export const isNpy = (bytes: Uint8Array): boolean => MAGIC.every((b, i) => bytes[i] === b);
/** NumPy's own limit for text that is evaluated; a header of plain numbers has some 100 bytes. */
const MAX_HEADER = 65_536;
const MAX_RANK = 32;
/** Bytes from a file's start in which its header ends. */
export const NPY_HEADER = 12 + MAX_HEADER;

const KINDS: Readonly<Record<string, Dtype>> = {
  b1: "bool",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
};

export interface NpyInfo {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly fortranOrder: boolean;
  readonly littleEndian: boolean;
  readonly dataOffset: number;
}

/** Header of a .npy file whose first bytes are in `bytes`. Throws FileError. */
export function readNpyInfo(bytes: Uint8Array): NpyInfo {
  if (bytes.length < 10 || !isNpy(bytes))
    throw new FileError({
      code: "npy-magic",
      message: "this is not a .npy file",
      expected: "the six bytes 93 4E 55 4D 50 59 (\\x93NUMPY) at the start",
      found:
        Array.from(bytes.subarray(0, 6), (b) => b.toString(16).toUpperCase().padStart(2, "0")).join(" ") || "nothing",
      hint: "write it with numpy.save(path, array)",
      offset: 0,
    });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6]!;
  if (major < 1 || major > 3)
    throw new FileError({
      code: "npy-version",
      message: `.npy version ${major}.${bytes[7]} is unknown`,
      expected: "1.0, 2.0 or 3.0",
      found: `${major}.${bytes[7]}`,
      offset: 6,
    });
  const start = major === 1 ? 10 : 12;
  const length = major === 1 ? view.getUint16(8, true) : bytes.length >= 12 ? view.getUint32(8, true) : 0;
  if (length === 0 || length > MAX_HEADER || start + length > bytes.length)
    throw new FileError({
      code: "npy-header",
      message: `the header claims ${length} bytes`,
      expected: `at least 1 and at most ${Math.min(MAX_HEADER, Math.max(0, bytes.length - start))} bytes`,
      found: `${length} bytes`,
      hint: "the file is cut short or damaged",
      offset: 8,
    });
  const text = new TextDecoder(major === 3 ? "utf-8" : "latin1").decode(bytes.subarray(start, start + length));
  const header = parseNpyHeader(text, start);
  const { dtype, littleEndian } = parseDescr(header.descr, start);
  if (header.shape.length > MAX_RANK || header.shape.some((d) => !Number.isSafeInteger(d) || d < 0))
    throw new FileError({
      code: "npy-shape",
      message: `the shape (${header.shape.slice(0, 8).join(", ")}) is not possible`,
      expected: `up to ${MAX_RANK} dimensions, none negative`,
      offset: start,
    });
  return { dtype, littleEndian, fortranOrder: header.fortranOrder, shape: header.shape, dataOffset: start + length };
}

/** The array in a .npy file. The size is checked against the file before anything is allocated. Throws FileError. */
export function readNpy(bytes: Uint8Array, limits: ReadLimits = {}): Tensor {
  const info = readNpyInfo(bytes);
  const count = elementCount(info.shape);
  const present = bytes.length - info.dataOffset;
  const wanted = count === null ? Number.POSITIVE_INFINITY : count * BYTES[info.dtype];
  if (count === null || wanted !== present)
    throw new FileError({
      code: "npy-size",
      message: `the array and the file differ in size`,
      expected: `${Number.isFinite(wanted) ? wanted : "over 2^53"} bytes for ${info.dtype} (${info.shape.join(", ")})`,
      found: `${present} bytes after the header`,
      hint: wanted > present ? "the file is cut short" : "something follows the array",
      offset: info.dataOffset,
    });
  const max = limits.maxBytes ?? DEFAULT_MAX_BYTES;
  if (wanted > max)
    throw new FileError({
      code: "tensor-limit",
      message: "the array is too large",
      expected: `at most ${max} bytes`,
      found: `${wanted} bytes`,
    });
  const data = decode(info.dtype, bytes.subarray(info.dataOffset), count, info.littleEndian);
  return { dtype: info.dtype, shape: info.shape, data: info.fortranOrder ? toRowMajor(data, info.shape) : data };
}

function parseDescr(descr: string, offset: number): { dtype: Dtype; littleEndian: boolean } {
  const m = /^([<>|=]?)([a-zA-Z]\d*)$/.exec(descr);
  const dtype = m && KINDS[m[2]!];
  const order = m?.[1] ?? "";
  // "=" means the writer's own order, which the file does not tell.
  if (!dtype || order === "=" || (BYTES[dtype] > 1 && order === "|"))
    throw new FileError({
      code: "npy-dtype",
      message: `arrays of type '${descr}' are not supported`,
      expected: "bool, int8 to int64, uint8 to uint64, float16, float32 or float64",
      found: `'${descr}'`,
      hint: descr.includes("O")
        ? "an object array holds Python pickles, which are never loaded"
        : "convert with array.astype(...)",
      offset,
    });
  return { dtype, littleEndian: order !== ">" };
}

/** Column-major to row-major. */
function toRowMajor(data: TensorData, shape: readonly number[]): TensorData {
  const out = data.slice();
  const index = new Array<number>(shape.length).fill(0);
  const strides = shape.map((_, d) => shape.slice(0, d).reduce((a, b) => a * b, 1));
  for (let i = 0; i < data.length; i++) {
    let from = 0;
    for (let d = 0; d < shape.length; d++) from += index[d]! * strides[d]!;
    out[i] = data[from]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      index[d]!++;
      if (index[d]! < shape[d]!) break;
      index[d] = 0;
    }
  }
  return out;
}

/** A version 1.0 file, row-major, little-endian; the same array always gives the same bytes. Throws FileError. */
export function writeNpy(t: Tensor): Uint8Array {
  if (elementCount(t.shape) !== t.data.length)
    throw new FileError({
      code: "npy-shape",
      message: `${t.data.length} values do not fill the shape (${t.shape.join(", ")})`,
    });
  const kind = Object.keys(KINDS).find((k) => KINDS[k] === t.dtype);
  if (!kind)
    throw new FileError({ code: "npy-dtype", message: `.npy has no type for ${t.dtype}`, hint: "write float32" });
  const body = encode(t);
  const descr = `${BYTES[t.dtype] === 1 ? "|" : "<"}${kind}`;
  const shape = t.shape.length === 1 ? `(${t.shape[0]},)` : `(${t.shape.join(", ")})`;
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  // The data starts at a multiple of 64 bytes.
  const header = `${dict.padEnd(Math.ceil((11 + dict.length) / 64) * 64 - 11)}\n`;
  const bytes = new Uint8Array(10 + header.length + body.length);
  bytes.set([...MAGIC, 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(body, 10 + header.length);
  return bytes;
}
