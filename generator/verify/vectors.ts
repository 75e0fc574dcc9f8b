// Frames for the stand-alone test bench of a build.

import { runInteger } from "../../golden/run.ts";
import type { Vectors } from "../7-emit/beats.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";

/** `images` (stored integers, HWC) and what the golden model computes from them, between the layers as well. */
export function goldenVectors(net: QuantizedNetwork, images: readonly IntTensor[]): Vectors {
  const inner = images.map((image) => runInteger(net, image, { keep: "all" }));
  return { images, inner, outputs: inner.map((all) => net.outputs.map((name) => all.get(name)!)) };
}
