// The fast path of the golden model: equal to runInteger, for whole data sets.
import type { QuantizedNetwork } from "../../generator/ir/quantized.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { maximum } from "../arith/index.ts";
import { createRunner } from "./runner.ts";

export { createRunner, type Runner } from "./runner.ts";

export interface BatchOptions {
  /** Tensors to return; the network's outputs where absent. Accumulators bear the name `n.acc`. */
  readonly keep?: readonly string[] | undefined;
  /** Called after each image with the number done. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** The asked tensors of many images: for each name one tensor an image, in the images' order. Equal to runInteger. */
export function runBatch(
  net: QuantizedNetwork,
  images: Iterable<IntTensor>,
  opts: BatchOptions = {},
): Map<string, IntTensor[]> {
  const keep = opts.keep ?? net.outputs;
  const runner = createRunner(net, keep);
  const results = new Map<string, IntTensor[]>(keep.map((name) => [name, []]));
  let done = 0;
  for (const image of images) {
    runner.run(image);
    for (const [name, list] of results) {
      const { shape, data } = runner.tensor(name);
      list.push({ shape, data: data.slice() });
    }
    opts.onProgress?.(++done);
  }
  return results;
}

/**
 * The class of one output tensor: its only value (an argmax head), or the index of its largest, the lowest on a tie.
 */
export const classOf = (output: { readonly data: ArrayLike<number> }): number =>
  output.data.length === 1 ? output.data[0]! : maximum.index(output.data);

/** Share of images whose class (see classOf) by the network's first output is their label, from 0 to 1. */
export function accuracy(net: QuantizedNetwork, images: Iterable<IntTensor>, labels: ArrayLike<number>): number {
  const runner = createRunner(net);
  let right = 0;
  let count = 0;
  for (const image of images) {
    runner.run(image);
    if (classOf(runner.tensor(net.outputs[0]!)) === labels[count++]) right++;
  }
  return count === 0 ? 0 : right / count;
}
