// Many frames on several threads: the caller's and workers. Whoever is free takes the next frame; the caller begins at
// once, so that starting the others costs nothing but their own time.
import { Worker } from "node:worker_threads";
import { sizeOf } from "../ops/op.js";
import { edgeOf } from "../run.js";
import { machineFor, storeImage } from "./runner.js";
import { kernelModule } from "./wasm/kernels.js";
/** Words of the shared control block. */
const NEXT = 0;
const FINISHED = 1;
const BY_WORKERS = 2;
const READY = 3;
/** A thread that is silent for so long has died; its frame is computed again. */
const PATIENCE_MS = 20_000;
const bytesOf = (place) => sizeOf(place.shape) * place.size;
// Arrays of eight-byte values begin on multiples of eight.
const aligned = (bytes) => Math.ceil(bytes / 8) * 8;
/** Bytes that a frame occupies while a batch is under way. */
export const frameCost = (program, kept) => aligned(bytesOf(program.input)) + kept.reduce((sum, place) => sum + aligned(bytesOf(place)), 0);
/** Whether every step of the program is a kernel: workers have nothing else. */
export const isParallel = (program) => program.steps.every((step) => !("node" in step.work));
function workerCalls(program) {
    return program.steps.flatMap(({ work, check, output }) => [
        ...("node" in work ? [] : work),
        ...(check ? [{ at: output.at, size: output.size, length: sizeOf(output.shape), ...check }] : []),
    ]);
}
/**
 * The kept tensors of every image, in order.
 * @param program made for `net`, with kernels only (see isParallel)
 * @param threads how many work, the caller included
 * @throws RangeError where an image or a result leaves the range that its edge declares
 */
export function runParallel(net, program, images, kept, threads, onProgress) {
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
        const worker = new Worker(new URL("./worker.cjs", import.meta.url), {
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
        worker.on("error", () => { });
        return worker;
    });
    const { memory, frame } = machineFor(program);
    const bytes = new Uint8Array(memory.buffer);
    const source = new Uint8Array(frames);
    const target = new Uint8Array(results);
    const compute = (n) => {
        bytes.set(source.subarray(n * frameBytes, (n + 1) * frameBytes), input.at);
        frame();
        let to = n * resultBytes;
        for (const { place, length } of parts) {
            target.set(bytes.subarray(place.at, place.at + length), to);
            to += length;
        }
        done[n] = 1;
    };
    try {
        images.forEach((image, n) => {
            storeImage(image, edge, net.inputEdge, arrayAt(frames, n * frameBytes, input));
        });
        Atomics.store(control, READY, 1);
        Atomics.notify(control, READY);
        for (;;) {
            const n = Atomics.add(control, NEXT, 1);
            if (n >= count)
                break;
            compute(n);
            const finished = Atomics.add(control, FINISHED, 1) + 1;
            onProgress?.(finished);
        }
        for (;;) {
            const finished = Atomics.load(control, FINISHED);
            onProgress?.(finished);
            if (finished >= count || Atomics.wait(control, FINISHED, finished, PATIENCE_MS) === "timed-out")
                break;
        }
        for (let n = 0; n < count; n++)
            if (done[n] === 0)
                compute(n);
    }
    finally {
        Atomics.store(control, NEXT, count);
        for (const worker of workers)
            void worker.terminate();
    }
    const tensors = images.map((_, n) => {
        let at = n * resultBytes;
        return parts.map(({ place, length }) => {
            at += length;
            return arrayAt(results, at - length, place);
        });
    });
    return { tensors, byWorkers: Atomics.load(control, BY_WORKERS) };
}
function arrayAt(buffer, at, { size, shape }) {
    const length = sizeOf(shape);
    if (size === 1)
        return new Uint8Array(buffer, at, length);
    return size === 4 ? new Int32Array(buffer, at, length) : new Float64Array(buffer, at, length);
}
