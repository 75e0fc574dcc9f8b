// A network as a list of steps on one memory: calls of kernels where they are exact, loops in JavaScript elsewhere.
import type { QuantizedNetwork, QuantizedNode } from "../../generator/ir/quantized.ts";
import type { IntRange } from "../../generator/ir/tensor.ts";
import type { NodeEdges } from "../ops/op.ts";
import { accName, edgeOf, edgesOf } from "../run.ts";
import { Arena, type Constant } from "./arena.ts";
import type { Call } from "./call.ts";
import { callsFor } from "./calls.ts";
import { type Place, placeFor, sizeFor } from "./place.ts";

/** A node that no kernel is exact for. */
export interface LoopStep {
  readonly node: QuantizedNode;
  readonly edges: NodeEdges;
  readonly inputs: readonly Place[];
  readonly acc: Place | undefined;
}

export interface Step {
  readonly name: string;
  readonly work: readonly Call[] | LoopStep;
  readonly output: Place;
  /** What the output has to be checked against; absent where it can only be right. */
  readonly check: IntRange | undefined;
}

export interface Program {
  readonly pages: number;
  readonly constants: readonly Constant[];
  readonly input: Place;
  readonly steps: readonly Step[];
  /** Edges by name, and the accumulators that are kept. */
  readonly tensors: ReadonlyMap<string, Place>;
}

/** How nodes are computed: by the kernels where they can, or by loops in JavaScript alone. */
export type Path = "kernels" | "loops";

/** @param keep names of accumulators (`n.acc`) to fill, or "all" */
export function programFor(net: QuantizedNetwork, keep: "all" | readonly string[], path: Path = "kernels"): Program {
  const arena = new Arena();
  const tensors = new Map<string, Place>();
  const inputEdge = edgeOf(net, net.inputEdge);
  const sizeOfLoops = (range: IntRange) => (sizeFor(range) === 8 ? 8 : 4);
  const input = placeFor(
    arena,
    inputEdge.shape,
    path === "kernels" ? sizeFor(inputEdge.range) : sizeOfLoops(inputEdge.range),
  );
  tensors.set(net.inputEdge, input);
  const steps = net.nodes.map((node): Step => {
    const edges = edgesOf(net, node);
    const inputs = node.inputs.map((name) => {
      const place = tensors.get(name);
      if (!place) throw new Error(`node "${node.name}" reads "${name}" before it is computed`);
      return place;
    });
    const kept = "accRange" in node && (keep === "all" || keep.includes(accName(node)));
    const done = path === "kernels" ? callsFor(arena, { node, edges, inputs, keep: kept }) : undefined;
    const output = done?.output ?? placeFor(arena, edges.output.shape, sizeOfLoops(edges.output.range));
    const acc = done ? done.acc : kept ? placeFor(arena, edges.output.shape, sizeOfLoops(node.accRange)) : undefined;
    tensors.set(node.output, output);
    if (acc) tensors.set(accName(node), acc);
    return {
      name: node.output,
      work: done?.calls ?? { node, edges, inputs, acc },
      output,
      check: !done || done.checked ? edges.output.range : undefined,
    };
  });
  return { pages: arena.pages, constants: arena.constants, input, steps, tensors };
}
