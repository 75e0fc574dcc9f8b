/** 32-bit hash of a text (FNV-1a with a final mix). */
export function hash32(text) {
    let h = 0x811c9dc5;
    for (let i = 0; i < text.length; i++)
        h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    return mix(h);
}
function mix(x) {
    let h = x | 0;
    h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
    h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
    return (h ^ (h >>> 15)) >>> 0;
}
/** Random numbers that depend on a seed alone. */
export class Rand {
    seed;
    #state;
    #forks = 0;
    constructor(seed) {
        this.seed = seed >>> 0;
        this.#state = this.seed;
    }
    /** A whole number from 0 to 2^32 - 1. */
    u32() {
        this.#state = (this.#state + 0x9e3779b9) | 0;
        return mix(this.#state);
    }
    /** A number in [0, 1). */
    float() {
        return this.u32() / 2 ** 32;
    }
    /** A whole number from `low` to `high`, both included. Throws a RangeError when there is none. */
    int(low, high) {
        const n = high - low + 1;
        if (!(n >= 1) || n > 2 ** 32)
            throw new RangeError(`no range: ${low} to ${high}`);
        return low + Math.floor(this.float() * n);
    }
    /** True with probability `p`. */
    bool(p = 0.5) {
        return this.float() < p;
    }
    /** A number of `n` random bits. */
    bits(n) {
        let v = 0n;
        for (let k = 0; k < n; k += 32)
            v = (v << 32n) | BigInt(this.u32());
        return BigInt.asUintN(n, v);
    }
    pick(items) {
        if (items.length === 0)
            throw new RangeError("nothing to pick from");
        return items[this.int(0, items.length - 1)];
    }
    /** The items in random order, as a new array. */
    shuffle(items) {
        const a = [...items];
        for (let i = a.length - 1; i > 0; i--) {
            const k = this.int(0, i);
            [a[i], a[k]] = [a[k], a[i]];
        }
        return a;
    }
    /** An independent generator; its seed depends on `name`, or on how many were made before it. */
    fork(name) {
        return new Rand(hash32(`${this.seed}/${name ?? `#${this.#forks++}`}`));
    }
    /** A pause with probability `p` in each clock, drawn at simulator speed. */
    bernoulli(p) {
        return { kind: "bernoulli", probability: p, seed: this.fork().seed };
    }
}
/** How fast a stream's two ends are, in the four combinations that find most handshake faults. */
export const stallCorners = [
    { name: "free running", source: 0, sink: 0 },
    { name: "starved input", source: 0.7, sink: 0 },
    { name: "blocked output", source: 0, sink: 0.7 },
    { name: "both stalled", source: 0.5, sink: 0.5 },
];
let global;
/** Seed of the whole test run: `TB_SEED` when set (a number, or `random`), otherwise 1. */
export function globalSeed() {
    if (global === undefined) {
        const text = process.env.TB_SEED;
        global = !text
            ? 1
            : text === "random"
                ? (Math.random() * 2 ** 32) >>> 0
                : /^\d+$/.test(text)
                    ? Number(text) >>> 0
                    : hash32(text);
        if (text)
            console.info(`test bench: global seed ${global} (TB_SEED=${global} repeats this run)`);
    }
    return global;
}
/** Seed of one test, from the global seed and its name. */
export const seedFor = (name) => hash32(`${globalSeed()}:${name}`);
