// A pickle machine that computes data and nothing else: names come from the caller's list, and nothing is called but
// the few constructors given with it. Protocols 0 to 5 as far as torch.save and Python 2 and 3 use them for state dicts.
import { Cursor } from "./cursor.ts";
import { shown, unreadable } from "./error.ts";
import { Dict, Global, Opaque, TensorView, Tuple, type Value } from "./values.ts";

export interface World {
  /** The value of `module.name`. */
  find(module: string, name: string): Value;
  /** What calling a name gives as data; throws when the arguments of a known one do not fit. */
  call(target: Global, args: Tuple): Value;
  /** What a persistent id stands for. */
  persistent(id: Value): Value;
}

/** No state dict comes near; a stack machine needs one byte a step, so this bounds time. */
const maxSteps = 2_000_000;
const maxLongBytes = 64;

const MARK = Symbol("mark");
type Slot = Value | typeof MARK;

class Machine {
  readonly input: Cursor;
  readonly world: World;
  readonly stack: Slot[] = [];
  readonly memo = new Map<number, Value>();

  constructor(input: Cursor, world: World) {
    this.input = input;
    this.world = world;
  }

  fail(what: string): never {
    throw unreadable(`the pickle in the checkpoint is damaged: ${what} before byte ${this.input.at}`);
  }

  push(value: Value): void {
    this.stack.push(value);
  }

  pop(): Value {
    const value = this.stack.pop();
    if (value === undefined || value === MARK) this.fail("a value is missing");
    return value;
  }

  top(): Value {
    const value = this.stack.at(-1);
    if (value === undefined || value === MARK) this.fail("a value is missing");
    return value;
  }

  /** What lies above the last mark; the mark goes too. */
  popMark(): Value[] {
    const at = this.stack.lastIndexOf(MARK);
    if (at < 0) this.fail("a mark is missing");
    const values = this.stack.splice(at) as Value[];
    return values.slice(1);
  }

  tuple(count: number): void {
    const items: Value[] = [];
    for (let i = 0; i < count; i++) items.push(this.pop());
    this.push(new Tuple(items.reverse()));
  }

  append(values: readonly Value[]): void {
    const list = this.top();
    if (list instanceof Opaque) return;
    if (!Array.isArray(list)) this.fail("a list is missing");
    for (const value of values) list.push(value);
  }

  setItems(pairs: readonly Value[]): void {
    const dict = this.top();
    if (dict instanceof Opaque) return;
    if (!(dict instanceof Dict) || pairs.length % 2 !== 0) this.fail("a dictionary or one of its values is missing");
    for (let i = 0; i < pairs.length; i += 2) dict.map.set(pairs[i]!, pairs[i + 1]!);
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) this.fail(`an unknown reference ${index}`);
    this.push(value);
  }

  reduce(): void {
    const args = this.pop();
    const target = this.pop();
    if (!(args instanceof Tuple)) this.fail("a call without arguments");
    this.call(target, args);
  }

  call(target: Value, args: Tuple): void {
    if (target instanceof Opaque) this.push(new Opaque(target.name, args.items));
    else if (target instanceof Global) this.push(this.world.call(target, args));
    else this.fail("a call of something that is not a name");
  }

  /** Attributes of an OrderedDict or a tensor (torch keeps version numbers there) are of no use here. */
  build(): void {
    const state = this.pop();
    const target = this.top();
    if (target instanceof Opaque) target.state = state;
    else if (!(target instanceof Dict || target instanceof TensorView))
      this.fail("attributes for something that is not an object");
  }

  global(): void {
    const name = this.pop();
    const module = this.pop();
    if (typeof name !== "string" || typeof module !== "string") this.fail("a name that is not text");
    this.push(this.world.find(module, name));
  }

  long(count: number): void {
    if (count > maxLongBytes) this.fail(`an integer of ${count} bytes`);
    const raw = this.input.raw(count);
    let value = 0n;
    for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(raw[i]!);
    this.push(integer(BigInt.asIntN(8 * count, value)));
  }

  /** Text forms of protocol 0. */
  decimal(): void {
    const line = this.input.line().replace(/L$/, "");
    if (!/^[+-]?\d{1,100}$/.test(line)) this.fail(`${shown(line)} for an integer`);
    this.push(integer(BigInt(line.replace("+", ""))));
  }

  run(): Value {
    for (let step = 0; step < maxSteps; step++) {
      const opcode = this.input.u8();
      if (opcode === STOP) return this.pop();
      const action = actions.get(opcode);
      if (!action) {
        const hex = opcode.toString(16).padStart(2, "0");
        throw unreadable(`the pickle uses the opcode 0x${hex}, which no state dict needs`, {
          hint: "save net.state_dict() with torch.save; if this is such a file, it is damaged",
        });
      }
      action(this, this.input);
    }
    return this.fail(`more than ${maxSteps} steps`);
  }
}

const integer = (value: bigint): number | bigint =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;

type Action = (m: Machine, input: Cursor) => void;
const STOP = 0x2e;

const memoize = (m: Machine, index: number): void => {
  m.memo.set(index, m.top());
};

const named: Readonly<Record<string, Action>> = {
  "(": (m) => m.stack.push(MARK),
  "0": (m) => {
    if (m.stack.pop() === undefined) m.fail("a value is missing");
  },
  "1": (m) => m.popMark(),
  "2": (m) => m.push(m.top()),
  N: (m) => m.push(null),
  I(m, input) {
    const at = input.at;
    const line = input.line();
    if (line === "00" || line === "01") return m.push(line === "01");
    input.at = at;
    m.decimal();
  },
  L: (m) => m.decimal(),
  F(m, input) {
    const line = input.line();
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$|^[+-]?(inf|nan)$/i.test(line)) m.fail(`${shown(line)} for a number`);
    m.push(Number(line.replace(/inf/i, "Infinity")));
  },
  J: (m, input) => m.push(input.i32()),
  K: (m, input) => m.push(input.u8()),
  M: (m, input) => m.push(input.u16()),
  G: (m, input) => m.push(input.f64big()),
  T: (m, input) => m.push(input.bytesText(input.u32())),
  U: (m, input) => m.push(input.bytesText(input.u8())),
  X: (m, input) => m.push(input.text(input.u32())),
  V(m, input) {
    const line = input.line();
    m.push(line.replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))));
  },
  S(m, input) {
    const line = input.line();
    const body = /^'([^'\\]*)'$|^"([^"\\]*)"$/.exec(line);
    m.push(body ? (body[1] ?? body[2] ?? "") : m.fail(`${shown(line)} for a text`));
  },
  B: (m, input) => m.push(input.raw(input.u32())),
  C: (m, input) => m.push(input.raw(input.u8())),
  "]": (m) => m.push([]),
  l: (m) => m.push(m.popMark()),
  a(m) {
    const value = m.pop();
    m.append([value]);
  },
  e: (m) => m.append(m.popMark()),
  ")": (m) => m.tuple(0),
  t: (m) => m.push(new Tuple(m.popMark())),
  "\x85": (m) => m.tuple(1),
  "\x86": (m) => m.tuple(2),
  "\x87": (m) => m.tuple(3),
  "}": (m) => m.push(new Dict()),
  d(m) {
    const pairs = m.popMark();
    m.push(new Dict());
    m.setItems(pairs);
  },
  s(m) {
    const value = m.pop();
    const key = m.pop();
    m.setItems([key, value]);
  },
  u: (m) => m.setItems(m.popMark()),
  c(m, input) {
    const module = input.line();
    m.push(m.world.find(module, input.line()));
  },
  "\x93": (m) => m.global(),
  R: (m) => m.reduce(),
  "\x81": (m) => m.reduce(),
  "\x92": (m) => {
    // The named arguments of a foreign class.
    m.pop();
    m.reduce();
  },
  i(m, input) {
    const module = input.line();
    const target = m.world.find(module, input.line());
    m.call(target, new Tuple(m.popMark()));
  },
  o(m) {
    const [target, ...args] = m.popMark();
    m.call(target ?? m.fail("an instance of nothing"), new Tuple(args));
  },
  // Sets as lists.
  "\x8f": (m) => m.push([]),
  "\x90": (m) => m.append(m.popMark()),
  "\x91": (m) => m.push(m.popMark()),
  "\x96": (m, input) => m.push(input.raw(input.u64())),
  b: (m) => m.build(),
  Q: (m) => m.push(m.world.persistent(m.pop())),
  g: (m, input) => m.recall(Number(input.line())),
  h: (m, input) => m.recall(input.u8()),
  j: (m, input) => m.recall(input.u32()),
  p: (m, input) => memoize(m, Number(input.line())),
  q: (m, input) => memoize(m, input.u8()),
  r: (m, input) => memoize(m, input.u32()),
  "\x94": (m) => memoize(m, m.memo.size),
  "\x88": (m) => m.push(true),
  "\x89": (m) => m.push(false),
  "\x8a": (m, input) => m.long(input.u8()),
  "\x8b": (m, input) => m.long(input.u32()),
  "\x8c": (m, input) => m.push(input.text(input.u8())),
  "\x8d": (m, input) => m.push(input.text(input.u64())),
  "\x8e": (m, input) => m.push(input.raw(input.u64())),
  "\x80": (_, input) => {
    const protocol = input.u8();
    if (protocol > 5) throw unreadable(`pickle protocol ${protocol} is unknown`, { expected: "0 to 5" });
  },
  // A frame is a hint for buffering.
  "\x95": (_, input) => void input.take(8),
};

const actions: ReadonlyMap<number, Action> = new Map(
  Object.entries(named).map(([c, action]) => [c.charCodeAt(0), action]),
);

/** The value of the pickle at `at`, and the place behind it. Throws InputError. */
export function unpickle(bytes: Uint8Array, at: number, world: World): { readonly value: Value; readonly end: number } {
  const machine = new Machine(new Cursor(bytes, at), world);
  const value = machine.run();
  return { value, end: machine.input.at };
}
