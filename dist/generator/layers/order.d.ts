import type { FloatTensor, Shape } from "../ir/tensor.js";
import type { Feature, Layout } from "./define.js";
/** Permutes axes: out axis i is in axis `axes[i]`. */
export declare function transpose(t: FloatTensor, axes: readonly number[]): FloatTensor;
/** For each position of a channels-last vector, its position in the channels-first one. */
export declare function chwPositions([h, w, c]: Shape): Int32Array;
/** Convolution weights [out, in, kh, kw] of PyTorch to [out, kh, kw, in]. */
export declare const convWeights: (layout: Layout) => (t: FloatTensor) => FloatTensor;
/** Reorders the last axis of a tensor that runs over the channels of `feature`, if it came from a flattened map. */
export declare function channelsOf(feature: Feature, layout: Layout): (t: FloatTensor) => FloatTensor;
