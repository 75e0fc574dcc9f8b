// Frames for the stand-alone test bench of a build.

import { runInteger } from "../../golden/index.ts";
import type { Vectors } from "../index.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";

/** `images` (stored integers, HWC) and what the golden model computes from them. */
export function goldenVectors(net: QuantizedNetwork, images: readonly IntTensor[]): Vectors {
  const outputs = images.map((image) => {
    const tensors = runInteger(net, image, { keep: net.outputs });
    return net.outputs.map((name) => tensors.get(name)!);
  });
  return { images, outputs };
}
