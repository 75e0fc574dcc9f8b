// Frames for the stand-alone test bench of a build.

import { runInteger } from "../../golden/run.ts";
import type { Vectors } from "../7-emit/beats.ts";
import type { OnProgress } from "../ir/progress.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { aboutFrames, BENCH_FRAMES, type Excited, excitingImages } from "./excite.ts";

/** `images` (stored integers, HWC) and what the golden model computes from them, between the layers as well. */
export function goldenVectors(net: QuantizedNetwork, images: readonly IntTensor[]): Vectors {
  const inner = images.map((image) => runInteger(net, image, { keep: "all" }));
  return { images, inner, outputs: inner.map((all) => net.outputs.map((name) => all.get(name)!)) };
}

/** Frames chosen from `given` and made ones so that flipped bits of the memories show, and what was found out about them. */
export function benchVectors(
  net: QuantizedNetwork,
  given: readonly IntTensor[],
  onProgress?: OnProgress,
): { readonly vectors: Vectors; readonly frames: Excited } {
  const frames = excitingImages(net, given, BENCH_FRAMES, onProgress);
  return { vectors: { ...goldenVectors(net, frames.images), about: aboutFrames(frames) }, frames };
}
