import { wordsOf } from "./layout.js";
/** Thrown on reading a value that the simulator does not know. */
export class UnknownValueError extends Error {
    constructor(name, bits) {
        super(`${name} is ${bits}: reading an unknown value; ask .isX first`);
        this.name = "UnknownValueError";
    }
}
const DEAD = new Uint32Array(0);
/**
 * A port of the design. Outputs read as the design's registers see them at the present clock edge; what is written to
 * an input reaches the design just after that edge.
 */
export class Signal {
    name;
    width;
    direction;
    #context;
    #at;
    #words;
    #writable;
    #max;
    constructor(port, at, context, writable) {
        this.name = port.name;
        this.width = port.width;
        this.direction = port.direction;
        this.#context = context;
        this.#at = at;
        this.#words = wordsOf(port.width);
        this.#writable = writable;
        this.#max = 2 ** port.width - 1;
    }
    /** The value as an unsigned number. Throws on X or Z, and for ports wider than 32 bits: use `big` there. */
    get value() {
        const { memory, mask } = this.#context;
        if (this.#words !== 1)
            throw new RangeError(`${this.name} has ${this.width} bits: read .big`);
        const v = memory[this.#at];
        if (v === undefined)
            throw this.#over();
        if (memory[this.#at + mask])
            throw new UnknownValueError(this.name, this.bits);
        return v;
    }
    /** Takes an unsigned value, or a negative one in two's complement. Throws a RangeError when it does not fit. */
    set value(v) {
        if (typeof v === "bigint" || this.#words !== 1) {
            this.big = BigInt(v);
            return;
        }
        if (!(v <= this.#max && v >= -(this.#max + 1) / 2) || !Number.isInteger(v))
            throw this.#range(v);
        this.#check();
        this.#context.memory[this.#at] = this.width === 32 ? v : v & this.#max;
    }
    /** The value as a number in two's complement, up to 32 bits. */
    get signed() {
        const v = this.value;
        return v >= 2 ** (this.width - 1) ? v - 2 ** this.width : v;
    }
    /** The value as an unsigned BigInt, of any width. Throws on X or Z. */
    get big() {
        if (this.isX)
            throw new UnknownValueError(this.name, this.bits);
        return this.#read(this.#at);
    }
    set big(v) {
        const limit = 1n << BigInt(this.width);
        if (v >= limit || v < -(limit >> 1n))
            throw this.#range(v);
        this.#check();
        const { memory } = this.#context;
        let rest = BigInt.asUintN(this.width, v);
        for (let k = 0; k < this.#words; k++) {
            memory[this.#at + k] = Number(rest & 0xffffffffn);
            rest >>= 32n;
        }
    }
    /** True when any bit is X or Z. Always false on Verilator, which has no X. */
    get isX() {
        const { memory, mask } = this.#context;
        if (memory.length === 0)
            throw this.#over();
        for (let k = 0; k < this.#words; k++)
            if (memory[this.#at + mask + k])
                return true;
        return false;
    }
    /** The bits, highest first, with x for every unknown one. */
    get bits() {
        const v = this.#read(this.#at);
        const x = this.#read(this.#at + this.#context.mask);
        let s = "";
        for (let i = this.width - 1; i >= 0; i--)
            s += (x >> BigInt(i)) & 1n ? "x" : (v >> BigInt(i)) & 1n ? "1" : "0";
        return s;
    }
    /** Copies the value's 32-bit words, lowest first, without looking for X. */
    words() {
        return this.#context.memory.slice(this.#at, this.#at + this.#words);
    }
    /** Sets the value from 32-bit words, lowest first. Throws a RangeError when there are too many or too few. */
    setWords(words) {
        if (words.length !== this.#words)
            throw new RangeError(`${this.name} has ${this.#words} words, not ${words.length}`);
        this.#check();
        const { memory } = this.#context;
        for (let k = 0; k < this.#words; k++)
            memory[this.#at + k] = words[k];
        if (this.width % 32)
            memory[this.#at + this.#words - 1] &= 2 ** (this.width % 32) - 1;
    }
    /** The same as setting `value`. */
    write(v) {
        this.value = v;
    }
    toString() {
        return `${this.name}=${this.isX ? `'b${this.bits}` : `'h${this.big.toString(16)}`}`;
    }
    #read(at) {
        const { memory } = this.#context;
        let r = 0n;
        for (let k = this.#words - 1; k >= 0; k--)
            r = (r << 32n) | BigInt(memory[at + k] ?? 0);
        return r;
    }
    #check() {
        if (!this.#writable)
            throw new TypeError(`${this.name} ${this.direction === "output" ? "is an output" : "is a clock that the library drives"}: it cannot be written`);
        if (this.#context.readOnly)
            throw new TypeError(`${this.name} cannot be written in the read-only phase; wait for an edge first`);
        if (this.#context.memory === DEAD)
            throw this.#over();
    }
    #range(v) {
        return new RangeError(`${v} does not fit into ${this.name} (${this.width} bits)`);
    }
    #over() {
        return new Error(`${this.name} was used after the end of its run`);
    }
}
/** Cuts all signals of a run off the memory, so that a stray task cannot touch the next run. */
export function retire(context) {
    context.memory = DEAD;
}
export function makeDut(signals, top) {
    // A proxy as the prototype costs nothing on names that exist.
    const unknown = new Proxy(Object.create(null), {
        get(_, name) {
            if (typeof name === "symbol" || name === "then" || name === "toJSON" || name === "constructor")
                return undefined;
            throw new TypeError(`${top} has no port ${name}; its ports are ${signals.map((s) => s.name).join(", ")}`);
        },
    });
    const dut = Object.create(unknown);
    for (const s of signals)
        Object.defineProperty(dut, s.name, { value: s, enumerable: true });
    return dut;
}
