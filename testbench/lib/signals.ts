import { type Backend, type Found, MoreAccess } from "./backend.ts";
import type { Port } from "./design.ts";
import { ARGUMENT_WORDS, COMMAND, G, H, wordsOf } from "./layout.ts";

/** Thrown on reading a value that the simulator does not know. */
export class UnknownValueError extends Error {
  constructor(name: string, bits: string) {
    super(`${name} is ${bits}: reading an unknown value; ask .isX first`);
    this.name = "UnknownValueError";
  }
}

const DEAD = new Uint32Array(0);

/** What the signals of one run share. */
export interface SignalContext {
  memory: Uint32Array;
  /** Distance from a port's value to its mask of X and Z bits. */
  mask: number;
  /** Set while the bench may only read. */
  readOnly: boolean;
}

/**
 * A port of the design. Outputs read as the design's registers see them at the present clock edge; what is written to
 * an input reaches the design just after that edge.
 */
export class Signal {
  readonly name: string;
  readonly width: number;
  readonly direction: Port["direction"];
  readonly #context: SignalContext;
  readonly #at: number;
  readonly #words: number;
  readonly #writable: boolean;
  readonly #mask: number;
  readonly #max: number;

  /** `mask` is the distance from the value to its X bits. */
  constructor(port: Port, at: number, context: SignalContext, writable: boolean, mask = context.mask) {
    this.name = port.name;
    this.width = port.width;
    this.direction = port.direction;
    this.#context = context;
    this.#at = at;
    this.#words = wordsOf(port.width);
    this.#writable = writable;
    this.#mask = mask;
    this.#max = 2 ** port.width - 1;
  }

  /** The value as an unsigned number. Throws on X or Z, and for ports wider than 32 bits: use `big` there. */
  get value(): number {
    const { memory } = this.#context;
    if (this.#words !== 1) throw new RangeError(`${this.name} has ${this.width} bits: read .big`);
    const v = memory[this.#at];
    if (v === undefined) throw this.#over();
    if (memory[this.#at + this.#mask]) throw new UnknownValueError(this.name, this.bits);
    return v;
  }
  /** Takes an unsigned value, or a negative one in two's complement. Throws a RangeError when it does not fit. */
  set value(v: number | bigint) {
    if (typeof v === "bigint" || this.#words !== 1) {
      this.big = BigInt(v);
      return;
    }
    if (!(v <= this.#max && v >= -(this.#max + 1) / 2) || !Number.isInteger(v)) throw this.#range(v);
    this.#check();
    this.#context.memory[this.#at] = this.width === 32 ? v : v & this.#max;
  }

  /** The value as a number in two's complement, up to 32 bits. */
  get signed(): number {
    const v = this.value;
    return v >= 2 ** (this.width - 1) ? v - 2 ** this.width : v;
  }

  /** The value as an unsigned BigInt, of any width. Throws on X or Z. */
  get big(): bigint {
    if (this.isX) throw new UnknownValueError(this.name, this.bits);
    return this.#read(this.#at);
  }
  set big(v: bigint) {
    const limit = 1n << BigInt(this.width);
    if (v >= limit || v < -(limit >> 1n)) throw this.#range(v);
    this.#check();
    const { memory } = this.#context;
    let rest = BigInt.asUintN(this.width, v);
    for (let k = 0; k < this.#words; k++) {
      memory[this.#at + k] = Number(rest & 0xffffffffn);
      rest >>= 32n;
    }
  }

  /** True when any bit is X or Z. Always false on Verilator, which has no X. */
  get isX(): boolean {
    const { memory } = this.#context;
    if (memory.length === 0) throw this.#over();
    for (let k = 0; k < this.#words; k++) if (memory[this.#at + this.#mask + k]) return true;
    return false;
  }

  /** The bits, highest first, with x for every unknown one. */
  get bits(): string {
    const v = this.#read(this.#at);
    const x = this.#read(this.#at + this.#mask);
    let s = "";
    for (let i = this.width - 1; i >= 0; i--) s += (x >> BigInt(i)) & 1n ? "x" : (v >> BigInt(i)) & 1n ? "1" : "0";
    return s;
  }

  /** Copies the value's 32-bit words, lowest first, without looking for X. */
  words(): Uint32Array {
    return this.#context.memory.slice(this.#at, this.#at + this.#words);
  }

  /** Sets the value from 32-bit words, lowest first. Throws a RangeError when there are too many or too few. */
  setWords(words: ArrayLike<number>): void {
    if (words.length !== this.#words)
      throw new RangeError(`${this.name} has ${this.#words} words, not ${words.length}`);
    this.#check();
    const { memory } = this.#context;
    for (let k = 0; k < this.#words; k++) memory[this.#at + k] = words[k]!;
    if (this.width % 32) memory[this.#at + this.#words - 1]! &= 2 ** (this.width % 32) - 1;
  }

  /** The same as setting `value`. */
  write(v: number | bigint): void {
    this.value = v;
  }

  /** Holds an internal signal at a value, whatever the design assigns, until `release`. A port is driven instead. */
  force(_v: number | bigint): void {
    throw new TypeError(`${this.name} is a port: drive it, or force the signal inside the design`);
  }
  /** Ends `force`: a register keeps the value until the design assigns it, a wire takes its driver's at once. */
  release(): void {
    throw new TypeError(`${this.name} is a port, which cannot be forced`);
  }

  toString(): string {
    return `${this.name}=${this.isX ? `'b${this.bits}` : `'h${this.big.toString(16)}`}`;
  }

  #read(at: number): bigint {
    const { memory } = this.#context;
    let r = 0n;
    for (let k = this.#words - 1; k >= 0; k--) r = (r << 32n) | BigInt(memory[at + k] ?? 0);
    return r;
  }
  #check(): void {
    if (!this.#writable) throw new TypeError(`${this.name} ${this.refusal}: it cannot be written`);
    if (this.#context.readOnly)
      throw new TypeError(`${this.name} cannot be written in the read-only phase; wait for an edge first`);
    if (this.#context.memory === DEAD) throw this.#over();
  }
  protected get refusal(): string {
    return this.direction === "output" ? "is an output" : "is a clock that the library drives";
  }
  #range(v: number | bigint): RangeError {
    return new RangeError(`${v} does not fit into ${this.name} (${this.width} bits)`);
  }
  #over(): Error {
    return new Error(`${this.name} was used after the end of its run`);
  }
}

/** Cuts all signals of a run off the memory, so that a stray task cannot touch the next run. */
export function retire(context: SignalContext): void {
  context.memory = DEAD;
}

/** What `tb.dut` gives for a name that is no port: a scope, an array, or a signal inside the design. */
export type Inside = Signal & { readonly [name: string]: Inside };

/** A name with dots as nested properties. */
type Nested<P extends string> = {
  readonly [K in P as K extends `${infer Head}.${string}` ? Head : K]: K extends `${string}.${infer Rest}`
    ? Nested<Rest>
    : Signal;
};
type Both<T> = (T extends unknown ? (x: T) => void : never) extends (x: infer U) => void ? U : never;

/**
 * The ports of a design by name, and what is inside it by path: `tb.dut.u_core.state`. Names that the design gives as
 * types, `Design<"rst" | "u_core.state">`, are checked by the compiler. A misspelt name throws and says which there are.
 */
export type Dut<P extends string = string> = string extends P
  ? Readonly<Record<string, Inside>>
  : Both<P extends unknown ? Nested<P> : never>;

/** A signal inside the design: every look asks the simulator, so it costs about a microsecond. */
class InternalSignal extends Signal {
  readonly #inside: Internals;
  readonly #found: Found & { kind: "signal" };
  readonly #element: number;

  constructor(inside: Internals, name: string, found: Found & { kind: "signal" }, element: number) {
    const words = wordsOf(found.width);
    super(
      { name, width: found.width, direction: "output" },
      inside.slot + G.DATA,
      inside.context,
      !found.constant,
      words,
    );
    this.#inside = inside;
    this.#found = found;
    this.#element = element;
  }
  #fetch(): void {
    this.#inside.command(COMMAND.READ, this.#found, this.#element);
  }
  override get value(): number {
    this.#fetch();
    return super.value;
  }
  override set value(v: number | bigint) {
    super.value = v;
    // The base class sends wide values through `big`.
    if (typeof v === "number" && this.width <= 32) this.#inside.command(COMMAND.WRITE, this.#found, this.#element);
  }
  override get big(): bigint {
    this.#fetch();
    return super.big;
  }
  override set big(v: bigint) {
    super.big = v;
    this.#inside.command(COMMAND.WRITE, this.#found, this.#element);
  }
  override get isX(): boolean {
    this.#fetch();
    return super.isX;
  }
  override get bits(): string {
    this.#fetch();
    return super.bits;
  }
  override words(): Uint32Array {
    this.#fetch();
    return super.words();
  }
  override setWords(words: ArrayLike<number>): void {
    super.setWords(words);
    this.#inside.command(COMMAND.WRITE, this.#found, this.#element);
  }
  override force(v: number | bigint): void {
    if (this.#found.constant) throw new TypeError(`${this.name} is a parameter: it cannot be forced`);
    if (this.#found.dims.length)
      throw new TypeError(`${this.name} is an element of an array, which no simulator can force`);
    this.#inside.wantForce(this.name, this.#found);
    super.big = BigInt(v);
    this.#inside.command(COMMAND.FORCE, this.#found, this.#element);
  }
  override release(): void {
    if (!this.#found.forceable) return;
    this.#inside.command(COMMAND.RELEASE, this.#found, this.#element);
  }
  protected override get refusal(): string {
    return "is a parameter";
  }
}

/** The inside of a design, looked up when it is asked for. */
export class Internals {
  readonly context: SignalContext;
  readonly #backend: Backend;
  readonly #top: string;
  readonly #allocate: (words: number) => number;
  readonly #restart: (e: MoreAccess) => void;
  readonly #known = new Map<string, unknown>();
  #slot = 0;

  /** `restart` gives the run up in favour of one on a model with more access. */
  constructor(
    backend: Backend,
    top: string,
    context: SignalContext,
    allocate: (words: number) => number,
    restart: (e: MoreAccess) => void,
  ) {
    this.#backend = backend;
    this.#top = top;
    this.context = context;
    this.#allocate = allocate;
    this.#restart = restart;
  }

  /** Where values pass between the two sides; taken from the memory at first use. */
  get slot(): number {
    if (!this.#slot) {
      this.#slot = this.#allocate(ARGUMENT_WORDS);
      this.#backend.memory[H.ARGUMENT] = this.#slot;
    }
    return this.#slot;
  }
  command(what: number, found: Found & { kind: "signal" }, element: number): void {
    const { memory, readOnly } = this.context;
    if (memory.length === 0) return;
    if (what !== COMMAND.READ && readOnly)
      throw new TypeError("nothing can be written in the read-only phase; wait for an edge first");
    memory[this.slot + G.ID] = found.id;
    memory[this.slot + G.ELEMENT] = element;
    this.#backend.command(what);
  }
  wantForce(path: string, found: Found & { kind: "signal" }): void {
    if (!found.forceable) this.#again({ internals: true, force: [path.split(".").at(-1)!] });
  }
  #again(access: MoreAccess["access"]): never {
    const e = new MoreAccess(access);
    this.#restart(e);
    throw e;
  }
  #ask(path: string): Found | undefined {
    if (this.context.memory.length === 0) throw new Error(`${path} was used after the end of its run`);
    // The argument's place has to be there before the simulator writes to it.
    void this.slot;
    try {
      return this.#backend.find(path);
    } catch (e) {
      if (e instanceof MoreAccess) this.#again(e.access);
      throw e;
    }
  }

  /** The signal, array or scope at a path; undefined when there is none. */
  at(path: string): unknown {
    let x = this.#known.get(path);
    if (x === undefined) {
      x = this.#look(path);
      if (x !== undefined) this.#known.set(path, x);
    }
    return x;
  }
  #look(path: string): unknown {
    const found = this.#ask(path);
    if (found?.kind === "signal")
      return found.dims.length ? this.#array(path, found, 0) : new InternalSignal(this, path, found, 0);
    if (found) return this.#scope(path);
    // An element of an array, or the name of generate blocks without a number.
    const indexed = /^(.*?)((?:\[-?\d+\])+)$/.exec(path);
    if (indexed) {
      let x = this.at(indexed[1]!) as Record<string, unknown> | undefined;
      for (const m of indexed[2]!.matchAll(/\[(-?\d+)\]/g)) x = x?.[m[1]!] as Record<string, unknown> | undefined;
      return x;
    }
    return this.#blocks(path);
  }
  // An array, or what is left of it behind some indices.
  #array(path: string, found: Found & { kind: "signal" }, base: number, depth = 0): unknown {
    const [left, right] = found.dims[depth]!;
    const [low, high] = [Math.min(left, right), Math.max(left, right)];
    const inner = found.dims.slice(depth + 1).reduce((n, [l, r]) => n * (Math.abs(l - r) + 1), 1);
    const cache = new Map<number, unknown>();
    const element = (i: number): unknown => {
      let x = cache.get(i);
      if (x === undefined) {
        const at = base + (left <= right ? i - left : left - i) * inner;
        const name = `${path}[${i}]`;
        x =
          depth + 1 < found.dims.length
            ? this.#array(name, found, at, depth + 1)
            : new InternalSignal(this, name, found, at);
        cache.set(i, x);
      }
      return x;
    };
    return new Proxy(Object.create(null) as object, {
      get: (_target, name) => {
        if (name === "length") return high - low + 1;
        if (name === "name") return path;
        if (name === "width") return found.width;
        if (typeof name === "symbol" || QUIET.has(name)) return undefined;
        const i = Number(name);
        if (!Number.isInteger(i))
          throw new TypeError(`${path} is an array: ${path}[${low}] is its first element; it has no ${name}`);
        if (i < low || i > high) throw new RangeError(`${path} has the elements ${low} to ${high}, not ${i}`);
        return element(i);
      },
    });
  }
  #scope(path: string): unknown {
    return new Proxy(Object.create(null) as object, {
      get: (_target, name) => {
        if (typeof name === "symbol" || QUIET.has(name)) return undefined;
        const x = this.at(`${path}.${name}`);
        if (x === undefined) throw new TypeError(`${path} has no ${name}; it has ${this.listed(path)}`);
        return x;
      },
      set: (_target, name) => {
        throw new TypeError(`${path} is a scope: ${path}.${String(name)} is set by its value, or does not exist`);
      },
    });
  }
  // `g_lane` of the blocks g_lane[0], g_lane[1], ...
  #blocks(path: string): unknown {
    const at = path.lastIndexOf(".");
    const name = path.slice(at + 1);
    const siblings = this.#backend.names(at < 0 ? "" : path.slice(0, at));
    const mine = siblings.filter((s) => s.startsWith(`${name}[`));
    if (!mine.length) return undefined;
    return new Proxy(Object.create(null) as object, {
      get: (_target, index) => {
        if (index === "length") return mine.length;
        if (typeof index === "symbol" || QUIET.has(index)) return undefined;
        const x = mine.includes(`${name}[${index}]`) ? this.at(`${path}[${index}]`) : undefined;
        if (x === undefined) throw new TypeError(`${path} has no block ${index}; there are ${mine.join(", ")}`);
        return x;
      },
    });
  }
  /** Names in a scope for a message. */
  listed(path: string): string {
    const names = [...new Set(this.#backend.names(path))];
    return names.length === 0
      ? "nothing"
      : names.length > 40
        ? `${names.slice(0, 40).join(", ")}, ...`
        : names.join(", ");
  }
  /** What is said of a name of the top module that is not there. */
  unknown(name: string, ports: string): TypeError {
    return new TypeError(`${this.#top} has no port ${name}; its ports are ${ports}; inside it are ${this.listed("")}`);
  }
}

// What runtimes and test runners ask of any object.
const QUIET = new Set([
  "then",
  "toJSON",
  "constructor",
  "asymmetricMatch",
  "nodeType",
  "tagName",
  "$$typeof",
  "inspect",
]);

export function makeDut(signals: readonly Signal[], internals: Internals): Dut {
  // A proxy as the prototype costs nothing on names that exist.
  const inside = new Proxy(Object.create(null), {
    get(_, name) {
      if (typeof name === "symbol" || QUIET.has(name)) return undefined;
      const x = internals.at(name);
      if (x === undefined) throw internals.unknown(name, signals.map((s) => s.name).join(", "));
      return x;
    },
  });
  const dut: Record<string, Inside> = Object.create(inside);
  for (const s of signals) Object.defineProperty(dut, s.name, { value: s, enumerable: true });
  return dut;
}
