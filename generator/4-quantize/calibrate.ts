// Runs the references over calibration images: what stage 4 needs to know of the real and of the integer network.
import { gcd } from "../../golden/arith/index.ts";
import { createRunner } from "../../golden/fast/runner.ts";
import { realInput, runFloat } from "../../golden/float/run.ts";
import { evalNode } from "../../golden/ops/index.ts";
import type { Graph } from "../ir/graph.ts";
import type { QuantizedNetwork, QuantizedNode } from "../ir/quantized.ts";
import type { EdgeType, IntTensor } from "../ir/tensor.ts";
import type { IntegerProbe } from "./quantize.ts";
import { roleDataOf } from "./roles/traits.ts";
import type { LayerStats } from "./scale.ts";

/** Values kept of one layer over all images, about. */
const SAMPLE = 1 << 17;

class Collector {
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  #sum: Float64Array;
  #squares: Float64Array;
  #pixels = 0;
  #sample: number[] = [];
  #step: number;

  constructor(channels: number, perImage: number, images: number) {
    this.#sum = new Float64Array(channels);
    this.#squares = new Float64Array(channels);
    // A stride prime to the channels visits all of them.
    this.#step = Math.max(1, Math.ceil((perImage * images) / SAMPLE));
    while (this.#step > 1 && gcd(this.#step, channels) > 1) this.#step++;
  }

  add(data: Float64Array): void {
    const channels = this.#sum.length;
    for (let i = 0, c = 0; i < data.length; i++, c = c + 1 === channels ? 0 : c + 1) {
      const v = data[i]!;
      if (v < this.min) this.min = v;
      if (v > this.max) this.max = v;
      this.#sum[c]! += v;
      this.#squares[c]! += v * v;
    }
    this.#pixels += data.length / channels;
    for (let i = (this.#pixels * 7) % this.#step; i < data.length; i += this.#step) this.#sample.push(data[i]!);
  }

  done(): LayerStats {
    const pixels = Math.max(1, this.#pixels);
    const mean = this.#sum.map((s) => s / pixels);
    return {
      min: this.min,
      max: this.max,
      sample: Float64Array.from(this.#sample),
      mean,
      variance: this.#squares.map((s, c) => Math.max(0, s / pixels - mean[c]! ** 2)),
    };
  }
}

/** Statistics of the input and of every layer over the images (stored integers, HWC). */
export function calibrate(
  graph: Graph,
  images: readonly IntTensor[],
  onProgress?: (done: number) => void,
): Map<string, LayerStats> {
  const collectors = new Map<string, Collector>();
  images.forEach((image, n) => {
    for (const [name, t] of runFloat(graph, realInput(graph.input, image))) {
      let c = collectors.get(name);
      if (!c) {
        c = new Collector(t.shape.at(-1)!, t.data.length, images.length);
        collectors.set(name, c);
      }
      c.add(t.data);
    }
    onProgress?.(n + 1);
  });
  return new Map([...collectors].map(([name, c]) => [name, c.done()]));
}

/**
 * Ranges of all calibration images, means and variances of the first `count`: integer means are corrected by real ones
 * of the same images, or not at all.
 */
export function meansOn(
  graph: Graph,
  all: ReadonlyMap<string, LayerStats>,
  images: readonly IntTensor[],
  count: number,
): ReadonlyMap<string, LayerStats> {
  if (images.length <= count) return all;
  const first = calibrate(graph, images.slice(0, count));
  return new Map([...all].map(([name, s]) => [name, { ...s, ...pick(first.get(name)!) }]));
}
const pick = ({ mean, variance }: LayerStats) => ({ mean, variance });

/** Follows the integer network over the images while stage 4 builds it. */
export function integerProbe(images: readonly IntTensor[], inputEdge: string): IntegerProbe {
  const tensors = new Map<string, IntTensor[]>([[inputEdge, [...images]]]);
  const runnerOf = (node: QuantizedNode, edges: Readonly<Record<string, EdgeType>>, keep: readonly string[]) =>
    createRunner(
      {
        name: "probe",
        // The runner looks at the input's edge alone.
        input: {
          name: node.inputs[0]!,
          shape: edges[node.inputs[0]!]!.shape,
          storage: "uint16",
          scale: [],
          offset: [],
        },
        inputEdge: node.inputs[0]!,
        edges,
        nodes: [node],
        outputs: [node.output],
      },
      keep,
    );
  const meansOf = (node: QuantizedNode, edges: Readonly<Record<string, EdgeType>>, name: string): Float64Array => {
    const runner = runnerOf(node, edges, name === node.output ? [] : [name]);
    const channels = edges[node.output]!.shape[2];
    const sum = new Float64Array(channels);
    let pixels = 0;
    for (const image of tensors.get(node.inputs[0]!)!) {
      runner.run(image);
      const { data } = runner.tensor(name);
      for (let i = 0, c = 0; i < data.length; i++, c = c + 1 === channels ? 0 : c + 1) sum[c]! += data[i]!;
      pixels += data.length / channels;
    }
    return sum.map((s) => s / pixels);
  };
  return {
    accumulatorMeans: (node, edges) => ("accRange" in node ? meansOf(node, edges, `${node.name}.acc`) : undefined),
    outputMeans: (node, edges) => meansOf(node, edges, node.output),
    advance(node, edges) {
      if (node.inputs.length > 1) {
        const types = { inputs: node.inputs.map((e) => edges[e]!), output: edges[node.output]! };
        tensors.set(
          node.output,
          images.map(
            (_, i) =>
              evalNode(
                node,
                node.inputs.map((e) => tensors.get(e)![i]!),
                types,
              ).output,
          ),
        );
        return;
      }
      const runner = runnerOf(node, edges, []);
      tensors.set(
        node.output,
        tensors.get(node.inputs[0]!)!.map((image) => {
          runner.run(image);
          const { shape, data } = runner.tensor(node.output);
          return { shape, data: data.slice() };
        }),
      );
    },
  };
}

/** Calibration images that the outputs are compared on. */
const IMAGES = 64;

/** The values that are compared: each output, and what an index was taken of. */
function comparedOf(graph: Graph): readonly string[] {
  return graph.outputs.map((name) => {
    const node = graph.nodes.find((n) => n.name === name);
    return node && roleDataOf(node).role === "head" ? node.inputs[0]! : name;
  });
}

/** The integer edges of `comparedOf`, in its order. */
const edgesOf = (net: QuantizedNetwork, graph: Graph, compared: readonly string[]): readonly string[] =>
  net.outputs.map((name, i) =>
    compared[i] === graph.outputs[i] ? name : net.nodes.find((n) => n.output === name)!.inputs[0]!,
  );

/**
 * How far the outputs of an integer network of `graph` are off on the first images: the root of the squared error as a
 * share of the output's variance, the mean over the outputs.
 */
export function outputError(graph: Graph, images: readonly IntTensor[]): (net: QuantizedNetwork) => number {
  const seen = images.slice(0, IMAGES);
  const names = comparedOf(graph);
  const real = seen.map((image) => {
    const results = runFloat(graph, realInput(graph.input, image));
    return names.map((name) => results.get(name)!.data);
  });
  return (net) => {
    const edges = edgesOf(net, graph, names);
    const runner = createRunner(net, [...new Set(edges)]);
    const results = seen.map((image) => {
      runner.run(image);
      return edges.map((name) => runner.tensor(name).data.slice());
    });
    const shares = edges.map((name, o) => {
      const { scale, zeroPoint } = net.edges[name]!;
      let [off, sum, squares, count] = [0, 0, 0, 0];
      for (const [i, outputs] of real.entries()) {
        const data = results[i]![o]!;
        for (const [k, wanted] of outputs[o]!.entries()) {
          off += ((data[k]! - zeroPoint) * scale - wanted) ** 2;
          sum += wanted;
          squares += wanted * wanted;
          count++;
        }
      }
      // An output that does not vary is measured by its size.
      const variance = Math.max(squares - sum ** 2 / count, 1e-6 * squares, Number.MIN_VALUE);
      return Math.sqrt(off / variance);
    });
    return shares.reduce((a, b) => a + b, 0) / shares.length;
  };
}
