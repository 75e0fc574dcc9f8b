// The fast path of the golden model: equal to runInteger, for whole data sets.
import { availableParallelism } from "node:os";
import type { QuantizedNetwork } from "../../generator/ir/quantized.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { classOf } from "../class.ts";
import { edgeOf } from "../run.ts";
import { frameCost, isParallel, runParallel } from "./parallel.ts";
import { type Place, viewOf } from "./place.ts";
import { type Program, programFor } from "./program.ts";
import { machineFor, storeImage } from "./runner.ts";
import type { Values } from "./step.ts";

export { classOf } from "../class.ts";
export { createRunner, type Runner } from "./runner.ts";

export interface BatchOptions {
  /** Tensors to return; the network's outputs where absent. Accumulators bear the name `n.acc`. */
  readonly keep?: readonly string[] | undefined;
  /** Called now and then with the number of images done, at last with all of them. */
  readonly onProgress?: ((done: number) => void) | undefined;
  /** Threads that work. Absent: as many as there are cores, or one where the work is not worth more. */
  readonly threads?: number | undefined;
}

/** Frames that wait for their results occupy no more than this. */
const BLOCK_BYTES = 2 ** 28;
/** Taps from which on starting workers pays. */
const WORTHWHILE = 1e9;
/** What one value costs beside the taps, in taps. */
const TAPS_A_VALUE = 64;

function workOf(net: QuantizedNetwork): number {
  return net.nodes.reduce((sum, node) => {
    const [h, w, c] = edgeOf(net, node.output).shape;
    const taps = "weights" in node ? node.weights.rows.reduce((n, row) => n + row.length, 0) : 0;
    return sum + h * w * (taps + c * TAPS_A_VALUE);
  }, 0);
}

/** Hands the kept tensors of every image to `take`, in order; the arrays may be used again afterwards. */
function forEachFrame(
  net: QuantizedNetwork,
  images: Iterable<IntTensor>,
  keep: readonly string[],
  opts: Pick<BatchOptions, "onProgress" | "threads">,
  take: (tensors: readonly Values[], kept: readonly Place[]) => void,
): void {
  const program = programFor(net, keep);
  const kept = keep.map((name) => {
    const place = program.tensors.get(name);
    if (!place) throw new Error(`no tensor "${name}"`);
    return place;
  });
  const work = workOf(net);
  let done = 0;
  const alone = oneByOne(net, program);
  for (const block of blocks(images, Math.max(1, Math.floor(BLOCK_BYTES / frameCost(program, kept))))) {
    const threads = opts.threads ?? (block.length * work < WORTHWHILE ? 1 : availableParallelism());
    if (threads > 1 && block.length > 1 && isParallel(program)) {
      const before = done;
      const { tensors } = runParallel(net, program, block, kept, threads, (n) => opts.onProgress?.(before + n));
      for (const frame of tensors) take(frame, kept);
    } else
      block.forEach((image, n) => {
        const memory = alone(image);
        take(
          kept.map((place) => viewOf(memory, place)),
          kept,
        );
        opts.onProgress?.(done + n + 1);
      });
    done += block.length;
  }
}

/** The memory after each image; it is set up at the first. */
function oneByOne(net: QuantizedNetwork, program: Program): (image: IntTensor) => WebAssembly.Memory {
  let machine: ReturnType<typeof machineFor> | undefined;
  return (image) => {
    machine ??= machineFor(program);
    storeImage(image, edgeOf(net, net.inputEdge), net.inputEdge, viewOf(machine.memory, program.input));
    machine.frame();
    return machine.memory;
  };
}

function* blocks<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let block: T[] = [];
  for (const item of items) {
    block.push(item);
    if (block.length === size) {
      yield block;
      block = [];
    }
  }
  if (block.length > 0) yield block;
}

/** The asked tensors of many images: for each name one tensor an image, in the images' order. Equal to runInteger. */
export function runBatch(
  net: QuantizedNetwork,
  images: Iterable<IntTensor>,
  opts: BatchOptions = {},
): Map<string, IntTensor[]> {
  const keep = opts.keep ?? net.outputs;
  const lists: IntTensor[][] = keep.map(() => []);
  forEachFrame(net, images, keep, opts, (tensors, kept) => {
    tensors.forEach((t, n) => {
      const data = t instanceof Float64Array ? new Float64Array(t) : new Int32Array(t);
      lists[n]!.push({ shape: kept[n]!.shape, data });
    });
  });
  return new Map(keep.map((name, n) => [name, lists[n]!]));
}

/** Share of images whose class (see classOf) by the network's first output is their label, from 0 to 1. */
export function accuracy(
  net: QuantizedNetwork,
  images: Iterable<IntTensor>,
  labels: ArrayLike<number>,
  opts: Pick<BatchOptions, "onProgress" | "threads"> = {},
): number {
  let right = 0;
  let count = 0;
  forEachFrame(net, images, [net.outputs[0]!], opts, ([output]) => {
    if (classOf({ data: output! }) === labels[count++]) right++;
  });
  return count === 0 ? 0 : right / count;
}
