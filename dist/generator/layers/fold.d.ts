import type { Requant } from "../ir/quantized.js";
import type { EdgeType } from "../ir/tensor.js";
import type { Accumulation, Target } from "./define.js";
/** The sum of at most two signed powers of two nearest to v. */
export declare function nearestTwoPowers(v: number): number;
/**
 * numerics: M ~ gain * 2^S / scale and b = floor(2^S (C + zero point + 1/2)). `center` is the accumulator's expected
 * value for each channel; where M is rounded coarsely the constant is set so that the result is right there. Raw logits
 * (target.clamp null) keep acc * M + b unshifted; their edge's scale is 2^-S.
 */
export declare function foldRequant(acc: Accumulation, target: Target, center?: readonly number[]): {
    requant: Requant;
    scale: number;
};
/** Constants of a join: each input reaches the output's scale by its own multiplier, all under one shift. */
export declare function joinConstants(inputs: readonly EdgeType[], target: Target): {
    multipliers: number[];
    bias: number;
    shift: number;
    clamp: import("../ir/tensor.js").IntRange;
};
