/** What came differs from what was expected. */
export class ScoreboardError extends Error {
    index;
    constructor(message, index) {
        super(message);
        this.name = "ScoreboardError";
        this.index = index;
    }
}
/** Compares a sequence with what is expected of it, in order; the first difference throws with its place. `tb` gives the cycle. */
export class Scoreboard {
    #cycle;
    #name;
    #equal;
    #show;
    #expected = [];
    #head = 0;
    #checked = 0;
    constructor(tb, options = {}) {
        this.#cycle = () => tb.cycle;
        this.#name = options.name ?? "scoreboard";
        this.#equal = options.equal ?? sameValue;
        this.#show = options.show ?? showValue;
    }
    /** Adds what must come next. */
    expect(...values) {
        this.#expected.push(...values);
    }
    /** Compares the next value. Throws a ScoreboardError at the first difference. */
    check(got) {
        const i = this.#checked;
        if (this.#head === this.#expected.length)
            throw new ScoreboardError(`${this.#name}: item ${i} was not expected: got ${this.#show(got)}, in cycle ${this.#cycle()}`, i);
        const want = this.#expected[this.#head++];
        this.#checked++;
        if (this.#head > 1024) {
            this.#expected.splice(0, this.#head);
            this.#head = 0;
        }
        if (!this.#equal(want, got))
            throw new ScoreboardError(`${this.#name}: item ${i} differs, in cycle ${this.#cycle()}\n${difference(want, got, this.#show)}`, i);
    }
    /** Items compared so far. */
    get checked() {
        return this.#checked;
    }
    /** Items that are still to come. */
    get pending() {
        return this.#expected.length - this.#head;
    }
    /** Throws a ScoreboardError when something has not come. */
    end() {
        if (this.pending)
            throw new ScoreboardError(`${this.#name}: ${this.pending} items never came; the next is item ${this.#checked}: ${this.#show(this.#expected[this.#head])}`, this.#checked);
    }
}
const isList = (v) => Array.isArray(v) || (ArrayBuffer.isView(v) && "length" in v);
function sameValue(a, b) {
    if (isList(a) && isList(b)) {
        if (a.length !== b.length)
            return false;
        for (let i = 0; i < a.length; i++)
            if (!sameValue(a[i], b[i]))
                return false;
        return true;
    }
    if ((typeof a === "bigint" && typeof b === "number") || (typeof a === "number" && typeof b === "bigint"))
        return BigInt(a) === BigInt(b);
    if (a !== null && b !== null && typeof a === "object" && typeof b === "object") {
        const keys = Object.keys(a);
        return (keys.length === Object.keys(b).length &&
            keys.every((k) => sameValue(a[k], b[k])));
    }
    return Object.is(a, b);
}
function showValue(v) {
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
function difference(want, got, show) {
    if (isList(want) && isList(got)) {
        const n = Math.min(want.length, got.length);
        let k = 0;
        while (k < n && sameValue(want[k], got[k]))
            k++;
        const at = (v) => (k < v.length ? showValue(v[k]) : "nothing");
        const lengths = want.length === got.length ? `of ${want.length}` : `(${want.length} expected, ${got.length} came)`;
        return `  first difference at element ${k} ${lengths}\n  expected ${at(want)}\n  got      ${at(got)}`;
    }
    return `  expected ${show(want)}\n  got      ${show(got)}`;
}
