import type { QuantizedNetwork, QuantizedNode } from "../ir/quantized.js";
import type { EdgeType, IntRange } from "../ir/tensor.js";
export type Role = "weights" | "multiplier" | "bias" | "negmultiplier" | "negbias";
/** One array in row-major order; every value fits `bits` (two's complement where signed). */
export interface ExportArray {
    readonly role: Role;
    /** Weights: [output channels, kernel height, kernel width, channels of the group]; constants: [channels]. */
    readonly shape: readonly number[];
    readonly values: readonly number[];
    readonly bits: number;
    readonly signed: boolean;
    /** File name without extension, unique in the network. */
    readonly stem: string;
}
/** A node that has weights or constants. Its results are clamp(floor((acc * multiplier + bias) / 2^shift), lo, hi). */
export interface ExportLayer {
    readonly name: string;
    readonly op: QuantizedNode["op"];
    readonly layers: readonly string[];
    readonly inputs: readonly (EdgeType & {
        readonly edge: string;
    })[];
    readonly output: EdgeType & {
        readonly edge: string;
    };
    readonly shift: number;
    readonly clamp: IntRange | null;
    /** Results of the first multiplier and bias below this take negmultiplier and negbias. */
    readonly pivot: number | null;
    /** Each output channel sees its own input channel only. */
    readonly depthwise: boolean;
    readonly arrays: readonly ExportArray[];
}
/** Bits of the narrowest two's complement that holds all values; values are exact integers below 2^53. */
export declare function signedBits(values: readonly number[]): number;
/** The nodes of a network that have arrays, in its order. */
export declare function exportLayers(net: QuantizedNetwork): readonly ExportLayer[];
