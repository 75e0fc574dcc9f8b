import type { WindowAttrs } from "../ir/graph.js";
import type { EdgeType, FloatTensor } from "../ir/tensor.js";
import type { Accumulation } from "./define.js";
/**
 * acc = SUM |x - w|: activations and weights share the step s of the input edge, W = floor(w/s + 1/2) + z. A weight
 * outside [0, qmax] is clamped; what the clamp takes away is the same for every x and goes into the offset, exactly.
 */
export declare function sadAccumulation(tensors: Readonly<Record<string, FloatTensor>>, window: WindowAttrs, x: EdgeType): Accumulation;
/** acc = SUM x * w with symmetric signed weights, one scale a channel; -z * SUM w of the channel goes into the offset. */
export declare function macAccumulation(tensors: Readonly<Record<string, FloatTensor>>, window: WindowAttrs, x: EdgeType, weightBits: number): Accumulation;
/**
 * SUM x * sign(w). Over many-valued x a sum of +x and -x; over x of -1 and +1 by counting: acc = SUM |x - w| over the
 * bits is the number of taps that disagree, and the sum is taps - 2 * acc.
 */
export declare function binaryAccumulation(tensors: Readonly<Record<string, FloatTensor>>, window: WindowAttrs, x: EdgeType): Accumulation;
/** acc = q itself. */
export declare function plainAccumulation(x: EdgeType): Accumulation;
