// Which of the calibration methods serves a network best: the one whose integers come nearest to the real outputs.
import { realInput, runBatch, runFloat } from "../../golden/index.ts";
import type { Graph } from "../ir/graph.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { roleDataOf } from "./roles/traits.ts";

/** Calibration images that the outputs are compared on. */
const IMAGES = 64;

/** The values that are compared: each output, and what an index was taken of. */
function comparedOf(graph: Graph): readonly string[] {
  return graph.outputs.map((name) => {
    const node = graph.nodes.find((n) => n.name === name);
    return node && roleDataOf(node).role === "head" ? node.inputs[0]! : name;
  });
}

const edgesOf = (net: QuantizedNetwork): readonly string[] =>
  net.outputs.map((name) => {
    const node = net.nodes.find((n) => n.output === name);
    return node?.op === "argmax" ? node.inputs[0]! : name;
  });

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
    const edges = edgesOf(net);
    const results = runBatch(net, seen, { keep: [...new Set(edges)] });
    const shares = edges.map((name, o) => {
      const { scale, zeroPoint } = net.edges[name]!;
      let [off, sum, squares, count] = [0, 0, 0, 0];
      for (const [i, outputs] of real.entries()) {
        const { data } = results.get(name)![i]!;
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
