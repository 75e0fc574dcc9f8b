// Runs an integer network by the plain definition of its ops. Slow and simple: the fast path is measured against it.
import type { QuantizedNetwork, QuantizedNode } from "../generator/ir/quantized.ts";
import type { EdgeType, IntRange, IntTensor } from "../generator/ir/tensor.ts";
import { evalNode, type NodeEdges } from "./ops/index.ts";
import { sizeOf } from "./ops/op.ts";

export interface RunOptions {
  /**
   * Tensors to return: "all" edges and accumulators, or names. An edge bears its name, the accumulator of node n the
   * name `n.acc`. Absent: all edges, no accumulator.
   */
  readonly keep?: "all" | readonly string[] | undefined;
}

/** Name under which the accumulators of a node are returned. */
export const accName = (node: QuantizedNode): string => `${node.name}.acc`;

/** Types of the edges at `node`; throws where the network has none of that name. */
export function edgesOf(net: QuantizedNetwork, node: QuantizedNode): NodeEdges {
  return { inputs: node.inputs.map((name) => edgeOf(net, name)), output: edgeOf(net, node.output) };
}

export function edgeOf(net: QuantizedNetwork, name: string): EdgeType {
  const edge = net.edges[name];
  if (!edge) throw new Error(`network "${net.name}" has no edge "${name}"`);
  return edge;
}

/**
 * All tensors of one frame, by name.
 * @param image stored input values, HWC, in the input edge's shape
 * @throws RangeError where the image or any computed value leaves the range that its edge or node declares, or the
 *   image has another size
 */
export function runInteger(net: QuantizedNetwork, image: IntTensor, opts: RunOptions = {}): Map<string, IntTensor> {
  const tensors = new Map<string, IntTensor>();
  const input = edgeOf(net, net.inputEdge);
  checkTensor(image, input, net.inputEdge);
  tensors.set(net.inputEdge, { shape: input.shape, data: image.data });
  for (const node of net.nodes) {
    const inputs = node.inputs.map((name) => {
      const x = tensors.get(name);
      if (!x) throw new Error(`node "${node.name}" reads "${name}" before it is computed`);
      return x;
    });
    const edges = edgesOf(net, node);
    const { output, acc } = evalNode(node, inputs, edges);
    checkTensor(output, edges.output, node.output);
    tensors.set(node.output, output);
    if (acc && "accRange" in node) {
      checkValues(acc.data, node.accRange, accName(node));
      if (opts.keep !== undefined) tensors.set(accName(node), acc);
    }
  }
  return select(tensors, opts.keep);
}

function select(tensors: Map<string, IntTensor>, keep: RunOptions["keep"]): Map<string, IntTensor> {
  if (keep === undefined || keep === "all") return tensors;
  return new Map(
    keep.map((name) => {
      const t = tensors.get(name);
      if (!t) throw new Error(`no tensor "${name}"`);
      return [name, t];
    }),
  );
}

/** Throws RangeError where the size or a value is not what the edge declares. */
export function checkTensor(t: IntTensor, edge: EdgeType, name: string): void {
  if (t.data.length !== sizeOf(edge.shape))
    throw new RangeError(`${name}: ${t.data.length} values for shape [${edge.shape.join(", ")}]`);
  checkValues(t.data, edge.range, name);
}

export function checkValues(data: ArrayLike<number>, range: IntRange, name: string): void {
  for (let i = 0; i < data.length; i++)
    if (!(data[i]! >= range.min && data[i]! <= range.max))
      throw new RangeError(`${name}[${i}] is ${data[i]}, outside [${range.min}, ${range.max}]`);
}
