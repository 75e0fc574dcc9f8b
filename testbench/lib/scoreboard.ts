export interface ScoreboardOptions<T> {
  /** For messages. */
  name?: string;
  equal?: (a: T, b: T) => boolean;
  show?: (v: T) => string;
  /**
   * Values may come in another order than they were expected in: any, or, where a key is given, the order of those with the
   * same key, as for an id. In order by default.
   */
  order?: "any" | ((v: T) => unknown);
}

/** What came differs from what was expected. */
export class ScoreboardError extends Error {
  readonly index: number;
  constructor(message: string, index: number) {
    super(message);
    this.name = "ScoreboardError";
    this.index = index;
  }
}

/** Compares a sequence with what is expected of it, in order or as `order` says; the first difference throws with its place. `tb` gives the cycle. */
export class Scoreboard<T> {
  readonly #cycle: () => number;
  readonly #name: string;
  readonly #equal: (a: T, b: T) => boolean;
  readonly #show: (v: T) => string;
  readonly #expected: T[] = [];
  readonly #order: ScoreboardOptions<T>["order"];
  #head = 0;
  #checked = 0;

  constructor(tb: { readonly cycle: number }, options: ScoreboardOptions<T> = {}) {
    this.#cycle = () => tb.cycle;
    this.#name = options.name ?? "scoreboard";
    this.#equal = options.equal ?? sameValue;
    this.#show = options.show ?? showValue;
    this.#order = options.order;
  }
  /** Adds what must come next. */
  expect(...values: readonly T[]): void {
    this.#expected.push(...values);
  }
  /** Compares the next value. Throws a ScoreboardError at the first difference. */
  check(got: T): void {
    const i = this.#checked;
    if (this.#head === this.#expected.length)
      throw new ScoreboardError(
        `${this.#name}: item ${i} was not expected: got ${this.#show(got)}, in cycle ${this.#cycle()}`,
        i,
      );
    this.#next(got, i);
    const want = this.#expected[this.#head++]!;
    this.#checked++;
    if (this.#head > 1024) {
      this.#expected.splice(0, this.#head);
      this.#head = 0;
    }
    if (!this.#equal(want, got))
      throw new ScoreboardError(
        `${this.#name}: item ${i} differs, in cycle ${this.#cycle()}\n${difference(want, got, this.#show)}`,
        i,
      );
  }
  // Brings to the front what may come next and fits.
  #next(got: T, i: number): void {
    const order = this.#order;
    if (!order) return;
    const key = typeof order === "function" ? order(got) : undefined;
    const at =
      typeof order === "function"
        ? this.#expected.findIndex((v, k) => k >= this.#head && sameValue(order(v), key))
        : this.#expected.findIndex((v, k) => k >= this.#head && this.#equal(v, got));
    if (at < 0)
      throw new ScoreboardError(
        `${this.#name}: item ${i} is none of the ${this.pending} that are expected${key === undefined ? "" : ` for ${showValue(key)}`}: got ${this.#show(got)}, in cycle ${this.#cycle()}`,
        i,
      );
    const [v] = this.#expected.splice(at, 1);
    this.#expected.splice(this.#head, 0, v!);
  }
  /** Items compared so far. */
  get checked(): number {
    return this.#checked;
  }
  /** Items that are still to come. */
  get pending(): number {
    return this.#expected.length - this.#head;
  }
  /** Throws a ScoreboardError when something has not come. */
  end(): void {
    if (this.pending)
      throw new ScoreboardError(
        `${this.#name}: ${this.pending} items never came; the next is item ${this.#checked}: ${this.#show(this.#expected[this.#head]!)}`,
        this.#checked,
      );
  }
}

const isList = (v: unknown): v is ArrayLike<unknown> => Array.isArray(v) || (ArrayBuffer.isView(v) && "length" in v);

function sameValue(a: unknown, b: unknown): boolean {
  if (isList(a) && isList(b)) {
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!sameValue(a[i], b[i])) return false;
    return true;
  }
  if ((typeof a === "bigint" && typeof b === "number") || (typeof a === "number" && typeof b === "bigint"))
    return BigInt(a) === BigInt(b);
  if (a !== null && b !== null && typeof a === "object" && typeof b === "object") {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((k) => sameValue((a as Record<string, unknown>)[k], (b as Record<string, unknown>)[k]))
    );
  }
  return Object.is(a, b);
}

function showValue(v: unknown): string {
  if (typeof v === "bigint" || typeof v === "number")
    return `${v}${Number.isInteger(Number(v)) && v >= 10 ? ` (0x${v.toString(16)})` : ""}`;
  if (isList(v)) {
    const items = Array.from(v, (x) => (typeof x === "bigint" || typeof x === "number" ? `${x}` : showValue(x)));
    return items.length > 16
      ? `[${items.slice(0, 16).join(", ")}, ... ${items.length} in all]`
      : `[${items.join(", ")}]`;
  }
  return JSON.stringify(v, (_, x) => (typeof x === "bigint" ? `${x}` : x)) ?? String(v);
}

// Lists are shown around their first difference only.
function difference<T>(want: T, got: T, show: (v: T) => string): string {
  if (isList(want) && isList(got)) {
    const n = Math.min(want.length, got.length);
    let k = 0;
    while (k < n && sameValue(want[k], got[k])) k++;
    const at = (v: ArrayLike<unknown>): string => (k < v.length ? showValue(v[k]) : "nothing");
    const lengths = want.length === got.length ? `of ${want.length}` : `(${want.length} expected, ${got.length} came)`;
    return `  first difference at element ${k} ${lengths}\n  expected ${at(want)}\n  got      ${at(got)}`;
  }
  return `  expected ${show(want)}\n  got      ${show(got)}`;
}
