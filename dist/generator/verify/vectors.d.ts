import type { Vectors } from "../index.js";
import type { QuantizedNetwork } from "../ir/quantized.js";
import type { IntTensor } from "../ir/tensor.js";
/** `images` (stored integers, HWC) and what the golden model computes from them. */
export declare function goldenVectors(net: QuantizedNetwork, images: readonly IntTensor[]): Vectors;
