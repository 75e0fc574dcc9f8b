export type FloatKernel = "distance64" | "product64";
/**
 * Sums of many windows with `filters` rows of `taps` weights, from row `first` on.
 * @param gather writes window n, from position `at` on
 * @param store takes window n's sums, from position `at` on
 */
export declare function sumsOf(kernel: FloatKernel, windows: number, weights: {
    readonly data: Float64Array;
    readonly first: number;
    readonly filters: number;
    readonly taps: number;
}, gather: (n: number, to: Float64Array, at: number) => void, store: (n: number, sums: Float64Array, at: number) => void): void;
