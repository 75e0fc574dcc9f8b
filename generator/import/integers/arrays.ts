// Arrays of integers that a description names: inline, in a file of arrays, or in a plain binary file.
import { FileError, openTensorFile, type TensorFile } from "../../files/index.ts";
import { type ArrayRef, RAW } from "./schema.ts";

/** What is wrong with an array, without its place. */
export class ArrayFault extends Error {
  readonly expected: string | undefined;
  readonly found: string | undefined;
  constructor(message: string, expected?: string, found?: string) {
    super(message);
    this.expected = expected;
    this.found = found;
  }
}

export interface Integers {
  /** Undefined for a plain binary file, which tells none. */
  readonly shape: readonly number[] | undefined;
  readonly data: Float64Array;
}

export class ArraySource {
  readonly #read: (path: string) => Uint8Array;
  readonly #weights: string | undefined;
  readonly #bytes = new Map<string, Uint8Array>();
  readonly #opened = new Map<string, TensorFile>();
  /** Where the next array of a plain file starts. */
  readonly #next = new Map<string, number>();

  constructor(read: (path: string) => Uint8Array, weights: string | undefined) {
    this.#read = read;
    this.#weights = weights;
  }

  /** `count` integers; a plain binary file gives as many as are asked for. Throws ArrayFault. */
  read(ref: ArrayRef, count: number): Integers {
    const got = this.#get(ref, count);
    for (const v of got.data)
      if (!Number.isSafeInteger(v))
        throw new ArrayFault("an array holds a value that is not an integer", "integers", `${v}`);
    return got;
  }

  #get(ref: ArrayRef, count: number): Integers {
    if (typeof ref === "number") return { shape: [], data: Float64Array.of(ref) };
    if (Array.isArray(ref)) return inline(ref);
    if (typeof ref === "string") {
      if (this.#weights === undefined)
        throw new ArrayFault(`no file is named that holds ${JSON.stringify(ref)}`, '"weights": "FILE.npz" at the top');
      return this.#named(this.#weights, ref);
    }
    if (ref.dtype !== undefined) return this.#plain(ref.file, ref.dtype, ref.offset, count);
    if (ref.offset !== undefined)
      throw new ArrayFault("an offset is of a plain binary file", '"dtype" beside "offset"');
    return this.#named(ref.file, ref.name);
  }

  #file(path: string): Uint8Array {
    const had = this.#bytes.get(path);
    if (had) return had;
    let bytes: Uint8Array;
    try {
      bytes = this.#read(path);
    } catch (e) {
      throw new ArrayFault(`${path} cannot be read: ${e instanceof Error ? e.message : String(e)}`);
    }
    this.#bytes.set(path, bytes);
    return bytes;
  }

  #named(path: string, name: string | undefined): Integers {
    try {
      const file = this.#opened.get(path) ?? openTensorFile(this.#file(path), path);
      this.#opened.set(path, file);
      const names = file.names();
      if (name === undefined && names.length !== 1)
        throw new ArrayFault(`${path} holds ${names.length} arrays`, '"name" of one of them');
      const { shape, data } = file.read(name ?? names[0]!);
      return { shape, data: Float64Array.from(data) };
    } catch (e) {
      if (!(e instanceof FileError)) throw e;
      throw new ArrayFault(`${path}: ${e.message}`, e.expected ?? e.hint, e.found);
    }
  }

  #plain(path: string, dtype: keyof typeof RAW, offset: number | undefined, count: number): Integers {
    const bytes = this.#file(path);
    const size = RAW[dtype];
    const at = offset ?? this.#next.get(path) ?? 0;
    if (at + count * size > bytes.length)
      throw new ArrayFault(
        `${path} ends too early`,
        `${count} values of ${dtype} from byte ${at} on`,
        `${bytes.length} bytes`,
      );
    this.#next.set(path, at + count * size);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const readers = {
      int8: (k: number) => view.getInt8(k),
      uint8: (k: number) => view.getUint8(k),
      int16: (k: number) => view.getInt16(k, true),
      uint16: (k: number) => view.getUint16(k, true),
      int32: (k: number) => view.getInt32(k, true),
      uint32: (k: number) => view.getUint32(k, true),
    };
    return { shape: undefined, data: Float64Array.from({ length: count }, (_, i) => readers[dtype](at + i * size)) };
  }

  /** Plain binary files of which bytes are left, with how many. */
  *rests(): Generator<readonly [path: string, bytes: number]> {
    for (const [path, at] of this.#next) {
      const left = this.#bytes.get(path)!.length - at;
      if (left > 0) yield [path, left];
    }
  }
}

function inline(ref: readonly unknown[]): Integers {
  const shape: number[] = [];
  for (let at: unknown = ref; Array.isArray(at); at = at[0]) shape.push(at.length);
  const data: number[] = [];
  const walk = (value: unknown, depth: number): void => {
    if (depth === shape.length) {
      if (typeof value !== "number")
        throw new ArrayFault("an array holds what is not a number", "integers", typeof value);
      data.push(value);
    } else if (!Array.isArray(value) || value.length !== shape[depth])
      throw new ArrayFault("the rows of an array have not one length", `${shape[depth]} values in each`);
    else for (const v of value) walk(v, depth + 1);
  };
  walk(ref, 0);
  return { shape, data: Float64Array.from(data) };
}
