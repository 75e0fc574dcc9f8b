// The fast path of the golden model: equal to runInteger, for whole data sets.
import type { QuantizedNetwork, QuantizedNode } from "../../generator/ir/quantized.ts";
import type { IntTensor } from "../../generator/ir/tensor.ts";
import { add, maximum, requant } from "../arith/index.ts";
import { sizeOf, storageFor } from "../ops/op.ts";
import { accName, checkTensor, checkValues, edgeOf, edgesOf } from "../run.ts";
import { avgPoolStep, maxPoolStep } from "./pool.ts";
import type { Buffers, Prepare, Values } from "./step.ts";
import { macStep, sadStep } from "./weighted.ts";

const steps: { readonly [K in QuantizedNode["op"]]: Prepare<Extract<QuantizedNode, { op: K }>> } = {
  sad: sadStep,
  mac: macStep,
  max_pool: maxPoolStep,
  avg_pool: avgPoolStep,
  requant: (node, edges, { inputs: [x], output }) => {
    const finish = requant.prepare(node.requant, edges.inputs[0]!.range);
    const channels = edges.output.shape[2];
    return () => {
      for (let i = 0, c = 0; i < output.length; i++, c = c + 1 === channels ? 0 : c + 1) output[i] = finish(x![i]!, c);
    };
  },
  add: (node, edges, { inputs, output }) => {
    const ranges = edges.inputs.map((e) => e.range);
    const finish = add.prepare(node, ranges);
    const values = new Float64Array(inputs.length);
    return () => {
      for (let i = 0; i < output.length; i++) {
        for (let n = 0; n < inputs.length; n++) values[n] = inputs[n]![i]!;
        output[i] = finish(values);
      }
    };
  },
  argmax:
    (_node, _edges, { inputs: [x], output }) =>
    () => {
      output[0] = maximum.index(x!);
    },
  reshape:
    (_node, _edges, { inputs: [x], output }) =>
    () => {
      output.set(x!);
    },
};

/** A network made ready for many frames. Its tensors live in the same arrays for every frame. */
export interface Runner {
  /** Computes one frame. Throws RangeError where the image or a result leaves the range that its edge declares. */
  run(image: IntTensor): void;
  /** The last frame's tensor: an edge's by its name, the accumulator of node n by `n.acc`. Copy it to keep it. */
  tensor(name: string): IntTensor;
}

/** @param keep names of accumulators (`n.acc`) to fill, or "all" */
export function createRunner(net: QuantizedNetwork, keep: "all" | readonly string[] = []): Runner {
  const tensors = new Map<string, { shape: IntTensor["shape"]; data: Values }>();
  const buffer = (name: string, shape: IntTensor["shape"], range: { min: number; max: number }): Values => {
    const data = storageFor(range, sizeOf(shape));
    tensors.set(name, { shape, data });
    return data;
  };
  const inputEdge = edgeOf(net, net.inputEdge);
  const input = buffer(net.inputEdge, inputEdge.shape, inputEdge.range);
  const frame = net.nodes.map((node) => {
    const edges = edgesOf(net, node);
    const buffers: Buffers = {
      inputs: node.inputs.map((name) => {
        const t = tensors.get(name);
        if (!t) throw new Error(`node "${node.name}" reads "${name}" before it is computed`);
        return t.data;
      }),
      output: buffer(node.output, edges.output.shape, edges.output.range),
      acc:
        "accRange" in node && (keep === "all" || keep.includes(accName(node)))
          ? buffer(accName(node), edges.output.shape, node.accRange)
          : undefined,
    };
    const compute = (steps[node.op] as Prepare<QuantizedNode>)(node, edges, buffers);
    return () => {
      compute();
      checkValues(buffers.output, edges.output.range, node.output);
    };
  });
  return {
    run(image) {
      checkTensor(image, inputEdge, net.inputEdge);
      input.set(image.data);
      for (const step of frame) step();
    },
    tensor(name) {
      const t = tensors.get(name);
      if (!t) throw new Error(`no tensor "${name}"`);
      return t;
    },
  };
}

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
