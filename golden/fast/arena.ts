// Plans the kernels' one memory before it exists: addresses first, then the bytes that never change.

/** Kernels may touch this many bytes beyond an array's end. */
const SLACK = 16;
const PAGE = 65536;

export interface Constant {
  readonly at: number;
  readonly data: Uint8Array;
}

export class Arena {
  // Address 0 stands for "absent" in the kernels' arguments.
  #end = 1024;
  readonly constants: Constant[] = [];

  /** Address of a new array of `bytes` bytes, zero at first, on a multiple of 16. Throws RangeError beyond 2 GiB. */
  reserve(bytes: number): number {
    const at = this.#end;
    this.#end = Math.ceil((at + bytes + SLACK) / 16) * 16;
    if (this.#end >= 2 ** 31) throw new RangeError("the network does not fit the 2 GiB of the fast path");
    return at;
  }

  /** Address of a new array with these bytes in it from the start. */
  place(values: Uint8Array | Int16Array | Int32Array | Float64Array): number {
    const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const at = this.reserve(data.length);
    this.constants.push({ at, data });
    return at;
  }

  words(values: readonly number[]): number {
    return this.place(Int32Array.from(values));
  }

  doubles(values: readonly number[]): number {
    return this.place(Float64Array.from(values));
  }

  get pages(): number {
    return Math.ceil(this.#end / PAGE);
  }
}
