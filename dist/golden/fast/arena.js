// Plans the kernels' one memory before it exists: addresses first, then the bytes that never change.
/** Kernels may touch this many bytes beyond an array's end. */
const SLACK = 16;
const PAGE = 65536;
export class Arena {
    // Address 0 stands for "absent" in the kernels' arguments.
    #end = 1024;
    constants = [];
    /** Address of a new array of `bytes` bytes, zero at first, on a multiple of 16. Throws RangeError beyond 2 GiB. */
    reserve(bytes) {
        const at = this.#end;
        this.#end = Math.ceil((at + bytes + SLACK) / 16) * 16;
        if (this.#end >= 2 ** 31)
            throw new RangeError("the network does not fit the 2 GiB of the fast path");
        return at;
    }
    /** Address of a new array with these bytes in it from the start. */
    place(values) {
        const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
        const at = this.reserve(data.length);
        this.constants.push({ at, data });
        return at;
    }
    words(values) {
        return this.place(Int32Array.from(values));
    }
    doubles(values) {
        return this.place(Float64Array.from(values));
    }
    get pages() {
        return Math.ceil(this.#end / PAGE);
    }
}
