// Groups layers into what becomes one integer node: an anchor, the affine layers behind it, one activation.
import type { Graph, GraphNode } from "../ir/graph.ts";
import { layerOf } from "../layers/index.ts";

export interface Unit {
  /** The layer that starts the node. */
  readonly first: GraphNode;
  /** Affine layers folded in, in order; starts with `first` where that is an affine layer on its own. */
  readonly affines: readonly GraphNode[];
  readonly activation: GraphNode | undefined;
  /** Every layer of the unit, layers without hardware included. */
  readonly layers: readonly GraphNode[];
  /** The layer whose result is the unit's edge. */
  readonly last: GraphNode;
  /** The last layer before the activation: its real mean is what the integer mean has to meet. */
  readonly beforeActivation: GraphNode;
}

export function consumersOf(graph: Graph): ReadonlyMap<string, readonly GraphNode[]> {
  const map = new Map<string, GraphNode[]>([
    [graph.input.name, []],
    ...graph.nodes.map((n) => [n.name, []] as [string, GraphNode[]]),
  ]);
  for (const n of graph.nodes) for (const i of n.inputs) map.get(i)!.push(n);
  return map;
}

export function unitsOf(graph: Graph): Unit[] {
  const consumers = consumersOf(graph);
  const taken = new Set<GraphNode>();
  const units: Unit[] = [];
  for (const first of graph.nodes) {
    if (taken.has(first)) continue;
    const start = layerOf(first.kind).quantize.role;
    const chain = [first];
    const affines = start === "affine" ? [first] : [];
    let activation = start === "activation" ? first : undefined;
    let before = first;
    if (start === "anchor" || start === "join" || start === "affine" || start === "activation")
      for (;;) {
        const at = chain.at(-1)!;
        const next = consumers.get(at.name)!;
        if (next.length !== 1 || graph.outputs.includes(at.name)) break;
        const role = layerOf(next[0]!.kind).quantize.role;
        if (role === "affine" && start !== "join" && !activation) {
          affines.push(next[0]!);
          before = next[0]!;
        } else if (role === "activation" && !activation) activation = next[0]!;
        else if (role !== "none") break;
        chain.push(next[0]!);
      }
    for (const n of chain) taken.add(n);
    units.push({ first, affines, activation, layers: chain, last: chain.at(-1)!, beforeActivation: before });
  }
  return units;
}
