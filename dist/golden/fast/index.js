// The fast path of the golden model: equal to runInteger, for whole data sets.
import { availableParallelism } from "node:os";
import { maximum } from "../arith/index.js";
import { edgeOf } from "../run.js";
import { frameCost, isParallel, runParallel } from "./parallel.js";
import { viewOf } from "./place.js";
import { programFor } from "./program.js";
import { machineFor, storeImage } from "./runner.js";
export { createRunner } from "./runner.js";
/** Frames that wait for their results occupy no more than this. */
const BLOCK_BYTES = 2 ** 28;
/** Taps from which on starting workers pays. */
const WORTHWHILE = 1e9;
/** What one value costs beside the taps, in taps. */
const TAPS_A_VALUE = 64;
function workOf(net) {
    return net.nodes.reduce((sum, node) => {
        const [h, w, c] = edgeOf(net, node.output).shape;
        const taps = "weights" in node ? node.weights.rows.reduce((n, row) => n + row.length, 0) : 0;
        return sum + h * w * (taps + c * TAPS_A_VALUE);
    }, 0);
}
/** Hands the kept tensors of every image to `take`, in order; the arrays may be used again afterwards. */
function forEachFrame(net, images, keep, opts, take) {
    const program = programFor(net, keep);
    const kept = keep.map((name) => {
        const place = program.tensors.get(name);
        if (!place)
            throw new Error(`no tensor "${name}"`);
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
            for (const frame of tensors)
                take(frame, kept);
        }
        else
            block.forEach((image, n) => {
                const memory = alone(image);
                take(kept.map((place) => viewOf(memory, place)), kept);
                opts.onProgress?.(done + n + 1);
            });
        done += block.length;
    }
}
/** The memory after each image; it is set up at the first. */
function oneByOne(net, program) {
    let machine;
    return (image) => {
        machine ??= machineFor(program);
        storeImage(image, edgeOf(net, net.inputEdge), net.inputEdge, viewOf(machine.memory, program.input));
        machine.frame();
        return machine.memory;
    };
}
function* blocks(items, size) {
    let block = [];
    for (const item of items) {
        block.push(item);
        if (block.length === size) {
            yield block;
            block = [];
        }
    }
    if (block.length > 0)
        yield block;
}
/** The asked tensors of many images: for each name one tensor an image, in the images' order. Equal to runInteger. */
export function runBatch(net, images, opts = {}) {
    const keep = opts.keep ?? net.outputs;
    const lists = keep.map(() => []);
    forEachFrame(net, images, keep, opts, (tensors, kept) => {
        tensors.forEach((t, n) => {
            const data = t instanceof Float64Array ? new Float64Array(t) : new Int32Array(t);
            lists[n].push({ shape: kept[n].shape, data });
        });
    });
    return new Map(keep.map((name, n) => [name, lists[n]]));
}
/**
 * The class of one output tensor: its only value (an argmax head), or the index of its largest, the lowest on a tie.
 */
export const classOf = (output) => output.data.length === 1 ? output.data[0] : maximum.index(output.data);
/** Share of images whose class (see classOf) by the network's first output is their label, from 0 to 1. */
export function accuracy(net, images, labels, opts = {}) {
    let right = 0;
    let count = 0;
    forEachFrame(net, images, [net.outputs[0]], opts, ([output]) => {
        if (classOf({ data: output }) === labels[count++])
            right++;
    });
    return count === 0 ? 0 : right / count;
}
