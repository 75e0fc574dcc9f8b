/** A pause that native agents draw themselves: each clock is a pause with probability `probability`. */
export interface Bernoulli {
    readonly kind: "bernoulli";
    readonly probability: number;
    readonly seed: number;
}
/** When a stream agent pauses: a probability, a seeded draw, or a sequence of your own (one value a clock, slower). */
export type Pause = number | Bernoulli | Iterable<boolean | number>;
/** 32-bit hash of a text (FNV-1a with a final mix). */
export declare function hash32(text: string): number;
/** Random numbers that depend on a seed alone. */
export declare class Rand {
    #private;
    readonly seed: number;
    constructor(seed: number);
    /** A whole number from 0 to 2^32 - 1. */
    u32(): number;
    /** A number in [0, 1). */
    float(): number;
    /** A whole number from `low` to `high`, both included. Throws a RangeError when there is none. */
    int(low: number, high: number): number;
    /** True with probability `p`. */
    bool(p?: number): boolean;
    /** A number of `n` random bits. */
    bits(n: number): bigint;
    pick<T>(items: readonly T[]): T;
    /** The items in random order, as a new array. */
    shuffle<T>(items: readonly T[]): T[];
    /** An independent generator; its seed depends on `name`, or on how many were made before it. */
    fork(name?: string): Rand;
    /** A pause with probability `p` in each clock, drawn at simulator speed. */
    bernoulli(p: number): Bernoulli;
}
/** How fast a stream's two ends are, in the four combinations that find most handshake faults. */
export declare const stallCorners: readonly [{
    readonly name: "free running";
    readonly source: 0;
    readonly sink: 0;
}, {
    readonly name: "starved input";
    readonly source: 0.7;
    readonly sink: 0;
}, {
    readonly name: "blocked output";
    readonly source: 0;
    readonly sink: 0.7;
}, {
    readonly name: "both stalled";
    readonly source: 0.5;
    readonly sink: 0.5;
}];
/** Seed of the whole test run: `TB_SEED` when set (a number, or `random`), otherwise 1. */
export declare function globalSeed(): number;
/** Seed of one test, from the global seed and its name. */
export declare const seedFor: (name: string) => number;
