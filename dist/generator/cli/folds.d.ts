import type { QuantizedNetwork } from "../ir/quantized.js";
export interface FoldArgs {
    readonly pe?: string | undefined;
    readonly simd?: string | undefined;
    readonly pixels?: string | undefined;
    readonly unroll?: string | undefined;
}
/** The network with the folds asked for; throws InputError where a layer is unknown or computes nothing of its own. */
export declare function withFolds(net: QuantizedNetwork, args: FoldArgs): QuantizedNetwork;
