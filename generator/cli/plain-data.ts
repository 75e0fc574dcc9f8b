// Data as text that is the same for equal data, and read again bit for bit: objects, arrays, Maps, typed arrays, numbers of
// every kind. Node's own `v8.serialize` writes 3 in two ways, as the engine happens to hold it.
const TYPED = { Float64Array, Float32Array, Int32Array, Uint32Array, Int16Array, Uint16Array, Int8Array, Uint8Array };
type TypedName = keyof typeof TYPED;

/** `$` marks what JSON does not have. */
function pack(v: unknown): unknown {
  if (typeof v === "number") return Number.isFinite(v) && !Object.is(v, -0) ? v : { $: "number", v: numberText(v) };
  if (v === null || typeof v === "string" || typeof v === "boolean") return v;
  if (Array.isArray(v)) return v.map(pack);
  if (v instanceof Map) return { $: "Map", v: [...v].map(([k, x]) => [pack(k), pack(x)]) };
  if (ArrayBuffer.isView(v) && v.constructor.name in TYPED)
    return { $: v.constructor.name, v: Buffer.from(v.buffer, v.byteOffset, v.byteLength).toString("base64") };
  if (typeof v === "object" && [Object.prototype, null].includes(Object.getPrototypeOf(v))) {
    const entries = Object.entries(v).filter(([, x]) => x !== undefined);
    const packed = entries.map(([k, x]): [string, unknown] => [k, pack(x)]);
    return "$" in v ? { $: "object", v: packed } : Object.fromEntries(packed);
  }
  throw new TypeError(`no data: ${typeof v} ${Object.prototype.toString.call(v)}`);
}

const numberText = (v: number): string => (Object.is(v, -0) ? "-0" : String(v));

function unpack(v: unknown): unknown {
  if (v === null || typeof v !== "object") return v;
  if (Array.isArray(v)) return v.map(unpack);
  if (!("$" in v)) return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, unpack(x)]));
  const { $: kind, v: value } = v as { $: string; v: unknown };
  if (kind === "number") return Number(value);
  if (kind === "Map") return new Map((value as [unknown, unknown][]).map(([k, x]) => [unpack(k), unpack(x)]));
  if (kind === "object") return Object.fromEntries((value as [string, unknown][]).map(([k, x]) => [k, unpack(x)]));
  if (!Object.hasOwn(TYPED, kind)) throw new TypeError(`no data: ${kind}`);
  // A copy at a place of its own: views want whole words.
  const bytes = Uint8Array.from(Buffer.from(value as string, "base64"));
  return new TYPED[kind as TypedName](bytes.buffer);
}

/** Text of plain data; keys without a value are left out. Throws a TypeError for anything with behaviour. */
export const writeData = (v: unknown): string => JSON.stringify(pack(v));

/** What `writeData` wrote. */
export const readData = (text: string): unknown => unpack(JSON.parse(text));
