// The safetensors format: 8 bytes of header length, a JSON header, one buffer.
// Format: https://github.com/huggingface/safetensors#format
import { type Node, parseTree } from "jsonc-parser";
import { BYTES, decode, encode } from "./dtype.ts";
import { FileError } from "./error.ts";
import {
  DEFAULT_MAX_BYTES,
  type Dtype,
  elementCount,
  missing,
  type ReadLimits,
  type Tensor,
  type TensorFile,
} from "./tensor.ts";

const TYPES: Readonly<Record<string, Dtype>> = {
  BOOL: "bool",
  I8: "int8",
  I16: "int16",
  I32: "int32",
  I64: "int64",
  U8: "uint8",
  U16: "uint16",
  U32: "uint32",
  U64: "uint64",
  F16: "float16",
  BF16: "bfloat16",
  F32: "float32",
  F64: "float64",
};

/** Room for 100,000 arrays; the reference reader allows 100 MB, whose tree would not fit into memory. */
const MAX_HEADER = 2 ** 24;
const MAX_DEPTH = 8;

interface Entry {
  readonly name: string;
  /** As the header says; one that is not known matters to whoever reads the array. */
  readonly type: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
  /** Place of the entry in the file. */
  readonly offset: number;
}

export interface SafetensorsFile extends TensorFile {
  /** The header's `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** Opens a file: the whole header is checked now, against the file's size, and arrays are decoded when asked for. */
export function openSafetensors(bytes: Uint8Array, limits: ReadLimits = {}): SafetensorsFile {
  const { text, dataOffset } = headerText(bytes);
  const { entries, metadata } = parseHeader(text, bytes.length - dataOffset, dataOffset);
  const byName = new Map(entries.map((e) => [e.name, e]));
  const names = [...byName.keys()];
  const get = (name: string): Entry => {
    const e = byName.get(name);
    if (!e) throw missing(name, names);
    return e;
  };
  const maxBytes = limits.maxBytes ?? DEFAULT_MAX_BYTES;
  return {
    metadata,
    names: () => names,
    shape: (name) => get(name).shape,
    read(name) {
      const e = get(name);
      if (e.end - e.begin > maxBytes)
        throw new FileError({
          code: "tensor-limit",
          message: `"${name}" is too large`,
          expected: `at most ${maxBytes} bytes`,
          found: `${e.end - e.begin} bytes`,
        });
      const dtype = typeOf(e);
      const body = bytes.subarray(dataOffset + e.begin, dataOffset + e.end);
      return { dtype, shape: e.shape, data: decode(dtype, body, body.length / BYTES[dtype], true) };
    },
  };
}

function headerText(bytes: Uint8Array): { text: string; dataOffset: number } {
  const present = bytes.length - 8;
  const length = present < 0 ? 0n : new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (present < 2 || length < 2n || length > BigInt(Math.min(present, MAX_HEADER)))
    throw new FileError({
      code: "safetensors-length",
      message: present < 0 ? "the file has fewer than 8 bytes" : `the header claims ${length} bytes`,
      expected: `a header of 2 to ${Math.max(2, Math.min(present, MAX_HEADER))} bytes in a file of ${bytes.length}`,
      found: present < 0 ? `${bytes.length} bytes` : `${length} bytes`,
      hint: "this is not a safetensors file, or it is cut short",
      offset: 0,
    });
  const dataOffset = 8 + Number(length);
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, dataOffset)), dataOffset };
  } catch {
    throw new FileError({ code: "safetensors-header", message: "the header is not UTF-8 text", offset: 8 });
  }
}

const bad = (message: string, offset: number, parts: { expected?: string; found?: string } = {}) =>
  new FileError({
    code: "safetensors-header",
    message: `the header is not readable: ${message}`,
    offset: 8 + offset,
    ...parts,
  });

function parseHeader(text: string, size: number, base: number): { entries: Entry[]; metadata: Map<string, string> } {
  checkDepth(text);
  try {
    JSON.parse(text);
  } catch (e) {
    throw bad("it is not JSON", 0, { found: e instanceof Error ? e.message : String(e) });
  }
  // JSON.parse is strict but hides names that occur twice; the tree shows them, and where.
  const root = parseTree(text);
  if (root?.type !== "object" || !text.startsWith("{")) throw bad("it is not a JSON object", 0, { expected: "{" });
  const entries: Entry[] = [];
  const metadata = new Map<string, string>();
  for (const [name, value] of members(root)) {
    if (name === "__metadata__")
      for (const [key, v] of members(value)) {
        if (typeof v.value !== "string") throw bad(`__metadata__ "${key}" is not a string`, v.offset);
        metadata.set(key, v.value);
      }
    else entries.push(parseEntry(name, value, size));
  }
  checkCover(entries, size, base);
  return { entries, metadata };
}

/** The tree parser recurses; nesting that no header needs is refused before it. */
function checkDepth(text: string): void {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const ch = text[i];
    if (ch === '"') for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === "\\") i++;
    if (ch === "{" || ch === "[") depth++;
    if (ch === "}" || ch === "]") depth--;
    if (depth > MAX_DEPTH) throw bad("it is nested too deeply", i, { expected: `at most ${MAX_DEPTH} levels` });
  }
}

/** Members of an object node; a name that occurs twice is an error, which JSON.parse would hide. */
function members(node: Node): [string, Node][] {
  if (node.type !== "object") throw bad("an object is expected", node.offset, { found: node.type });
  const seen = new Set<string>();
  return (node.children ?? []).map((property) => {
    const [key, value] = property.children ?? [];
    if (!key || !value) throw bad("a member has no value", property.offset);
    if (seen.has(key.value))
      throw new FileError({
        code: "safetensors-duplicate",
        message: `the header holds "${key.value}" twice`,
        offset: 8 + key.offset,
      });
    seen.add(key.value);
    return [key.value, value];
  });
}

function parseEntry(name: string, node: Node, size: number): Entry {
  const fields = new Map(members(node));
  const offset = 8 + node.offset;
  const type = fields.get("dtype")?.value;
  const shape = integers(fields.get("shape"));
  const offsets = integers(fields.get("data_offsets"));
  if (typeof type !== "string" || !shape || offsets?.length !== 2 || fields.size !== 3)
    throw bad(`"${name}" is not described in full`, node.offset, {
      expected: '{"dtype": "F32", "shape": [3, 4], "data_offsets": [0, 48]}',
    });
  const dtype = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > size)
    throw new FileError({
      code: "safetensors-offsets",
      message: `"${name}" lies outside the file's data`,
      expected: `0 <= begin <= end <= ${size}`,
      found: `[${begin}, ${end}]`,
      hint: "the file is cut short or damaged",
      offset,
    });
  const count = elementCount(shape);
  if (count === null || (dtype && count * BYTES[dtype] !== end - begin))
    throw new FileError({
      code: "safetensors-shape",
      message: `"${name}" does not fill its place`,
      expected: `${count === null || !dtype ? "over 2^53" : count * BYTES[dtype]} bytes for ${type} [${shape.slice(0, 8).join(", ")}]`,
      found: `${end - begin} bytes`,
      offset,
    });
  return { name, type, shape, begin, end, offset };
}

function typeOf({ name, type, offset }: Entry): Dtype {
  const dtype = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (dtype) return dtype;
  throw new FileError({
    code: "safetensors-dtype",
    message: `"${name}" has the type "${type}", which is not supported`,
    expected: Object.keys(TYPES).join(", "),
    found: type,
    hint: "convert it with tensor.float() before saving",
    offset,
  });
}

function integers(node: Node | undefined): number[] | undefined {
  if (node?.type !== "array") return undefined;
  const values = (node.children ?? []).map((c) => c.value as unknown);
  return values.every((v): v is number => typeof v === "number" && Number.isSafeInteger(v) && v >= 0)
    ? values
    : undefined;
}

/** The format demands that the arrays cover the buffer: each byte belongs to exactly one. */
function checkCover(entries: readonly Entry[], size: number, base: number): void {
  let at = 0;
  for (const e of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (e.begin < at)
      throw new FileError({
        code: "safetensors-offsets",
        message: `"${e.name}" overlaps the array before it`,
        expected: `a begin of at least ${at}`,
        found: String(e.begin),
        offset: base + e.begin,
      });
    if (e.begin > at) throw gap(at, e.begin, base);
    at = e.end;
  }
  if (at < size) throw gap(at, size, base);
}

const gap = (from: number, to: number, base: number) =>
  new FileError({
    code: "safetensors-gap",
    message: `${to - from} bytes belong to no array`,
    expected: "arrays that cover the whole buffer",
    found: `nothing for bytes ${from} to ${to - 1} of the buffer`,
    offset: base + from,
  });

/**
 * A file of the arrays, widest type first and then by name, so that each is aligned; the same arrays always give the same
 * bytes.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  const sorted = [...tensors].sort(([a, x], [b, y]) => BYTES[y.dtype] - BYTES[x.dtype] || byText(a, b));
  const header: string[] = [];
  if (metadata.size > 0)
    header.push(`"__metadata__":${JSON.stringify(Object.fromEntries([...metadata].sort(([a], [b]) => byText(a, b))))}`);
  const bodies: Uint8Array[] = [];
  let at = 0;
  for (const [name, t] of sorted) {
    if (name === "__metadata__")
      throw new FileError({ code: "tensor-name", message: '"__metadata__" is reserved and cannot name an array' });
    if (elementCount(t.shape) !== t.data.length)
      throw new FileError({
        code: "safetensors-shape",
        message: `"${name}": ${t.data.length} values do not fill the shape [${t.shape.join(", ")}]`,
      });
    const body = encode(t);
    const type = Object.keys(TYPES).find((k) => TYPES[k] === t.dtype);
    header.push(
      `${JSON.stringify(name)}:{"dtype":"${type}","shape":[${t.shape.join(",")}],"data_offsets":[${at},${at + body.length}]}`,
    );
    bodies.push(body);
    at += body.length;
  }
  const text = new TextEncoder().encode(`{${header.join(",")}}`);
  const padded = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + at).fill(0x20, 8, 8 + padded);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(text, 8);
  let place = 8 + padded;
  for (const body of bodies) {
    bytes.set(body, place);
    place += body.length;
  }
  return bytes;
}
