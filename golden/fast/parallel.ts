// Many frames on several threads: the caller's and workers. Whoever is free takes the next frame; the caller begins at
// once, so that starting the others costs nothing but their own time.
import { Worker } from "node:worker_threads";
import type { QuantizedNetwork } from "../../generator/ir/quantized.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { sizeOf } from "../ops/op.ts";
import { edgeOf } from "../run.ts";
import type { Place } from "./place.ts";
import type { Program } from "./program.ts";
import { machineFor, storeImage } from "./runner.ts";
import type { Values } from "./step.ts";
import { kernelModule } from "./wasm/kernels.ts";

/** Words of the shared control block. */
const NEXT = 0;
const FINISHED = 1;
const BY_WORKERS = 2;
const READY = 3;

/** A thread that is silent for so long has died; its frame is computed again. */
const PATIENCE_MS = 20_000;

const workerFile = new URL("./worker.cjs", import.meta.url);

const bytesOf = (place: Place): number => sizeOf(place.shape) * place.size;
// Arrays of eight-byte values begin on multiples of eight.
const aligned = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** Bytes that a frame occupies while a batch is under way. */
export const frameCost = (program: Program, kept: readonly Place[]): number =>
  aligned(bytesOf(program.input)) + kept.reduce((sum, place) => sum + aligned(bytesOf(place)), 0);

/** Whether every step of the program is a kernel: workers have nothing else. */
export const isParallel = (program: Program): boolean => program.steps.every((step) => !("node" in step.work));

function workerCalls(program: Program) {
  return program.steps.flatMap(({ work, check, output }) => [
    ...("node" in work ? [] : work),
    ...(check ? [{ at: output.at, size: output.size, length: sizeOf(output.shape), ...check }] : []),
  ]);
}

export interface ParallelResult {
  /** Entry n belongs to image n and has one array a place of `kept`. */
  readonly tensors: Values[][];
  /** How many of the frames the workers computed. */
  readonly byWorkers: number;
  /** How many of them no worker finished, so that the caller computed them in the end. */
  readonly unfinished: number;
}

/**
 * The kept tensors of every image, in order.
 * @param program made for `net`, with kernels only (see isParallel)
 * @param threads how many work, the caller included
 * @param how long a silent worker is waited for, and what a worker runs: for tests of workers that die
 * @throws RangeError where an image or a result leaves the range that its edge declares
 */
export function runParallel(
  net: QuantizedNetwork,
  program: Program,
  images: readonly IntTensor[],
  kept: readonly Place[],
  threads: number,
  onProgress?: (done: number) => void,
  { patienceMs = PATIENCE_MS, file = workerFile }: { readonly patienceMs?: number; readonly file?: URL } = {},
): ParallelResult {
  const count = images.length;
  const edge = edgeOf(net, net.inputEdge);
  const { input } = program;
  const frameBytes = aligned(bytesOf(input));
  const parts = kept.map((place) => ({ place, length: aligned(bytesOf(place)) }));
  const resultBytes = parts.reduce((sum, part) => sum + part.length, 0);
  const frames = new SharedArrayBuffer(count * frameBytes);
  const results = new SharedArrayBuffer(count * resultBytes);
  const done = new Uint8Array(new SharedArrayBuffer(count));
  const control = new Int32Array(new SharedArrayBuffer(16));
  const workers = Array.from({ length: Math.min(threads, count) - 1 }, () => {
    const worker = new Worker(file, {
      // Loaders and flags of the caller are none of the worker's business.
      execArgv: [],
      workerData: {
        kernelModule: kernelModule(),
        pages: program.pages,
        constants: program.constants,
        calls: workerCalls(program),
        input: input.at,
        kept: parts.map(({ place, length }) => ({ at: place.at, length })),
        frameBytes,
        resultBytes,
        control: control.buffer,
        done: done.buffer,
        frames,
        results,
      },
    });
    worker.unref();
    // What a worker leaves undone, the caller does: there is nothing to report.
    worker.on("error", () => {});
    return worker;
  });

  const { memory, frame } = machineFor(program);
  const bytes = new Uint8Array(memory.buffer);
  const source = new Uint8Array(frames);
  const target = new Uint8Array(results);
  const compute = (n: number) => {
    bytes.set(source.subarray(n * frameBytes, (n + 1) * frameBytes), input.at);
    frame();
    let to = n * resultBytes;
    for (const { place, length } of parts) {
      target.set(bytes.subarray(place.at, place.at + length), to);
      to += length;
    }
    done[n] = 1;
  };
  let unfinished = 0;
  try {
    images.forEach((image, n) => {
      storeImage(image, edge, net.inputEdge, arrayAt(frames, n * frameBytes, input));
    });
    Atomics.store(control, READY, 1);
    Atomics.notify(control, READY);
    for (;;) {
      const n = Atomics.add(control, NEXT, 1);
      if (n >= count) break;
      compute(n);
      const finished = Atomics.add(control, FINISHED, 1) + 1;
      onProgress?.(finished);
    }
    for (;;) {
      const finished = Atomics.load(control, FINISHED);
      onProgress?.(finished);
      if (finished >= count || Atomics.wait(control, FINISHED, finished, patienceMs) === "timed-out") break;
    }
    for (let n = 0; n < count; n++)
      if (done[n] === 0) {
        unfinished++;
        compute(n);
      }
  } finally {
    Atomics.store(control, NEXT, count);
    for (const worker of workers) void worker.terminate();
  }
  const tensors = images.map((_, n) => {
    let at = n * resultBytes;
    return parts.map(({ place, length }) => {
      at += length;
      return arrayAt(results, at - length, place);
    });
  });
  return { tensors, byWorkers: Atomics.load(control, BY_WORKERS), unfinished };
}

function arrayAt(buffer: SharedArrayBuffer, at: number, { size, shape }: Place): Values {
  const length = sizeOf(shape);
  if (size === 1) return new Uint8Array(buffer, at, length);
  return size === 4 ? new Int32Array(buffer, at, length) : new Float64Array(buffer, at, length);
}
