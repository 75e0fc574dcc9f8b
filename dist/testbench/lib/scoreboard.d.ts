export interface ScoreboardOptions<T> {
    /** For messages. */
    name?: string;
    equal?: (a: T, b: T) => boolean;
    show?: (v: T) => string;
}
/** What came differs from what was expected. */
export declare class ScoreboardError extends Error {
    readonly index: number;
    constructor(message: string, index: number);
}
/** Compares a sequence with what is expected of it, in order; the first difference throws with its place. `tb` gives the cycle. */
export declare class Scoreboard<T> {
    #private;
    constructor(tb: {
        readonly cycle: number;
    }, options?: ScoreboardOptions<T>);
    /** Adds what must come next. */
    expect(...values: readonly T[]): void;
    /** Compares the next value. Throws a ScoreboardError at the first difference. */
    check(got: T): void;
    /** Items compared so far. */
    get checked(): number;
    /** Items that are still to come. */
    get pending(): number;
    /** Throws a ScoreboardError when something has not come. */
    end(): void;
}
