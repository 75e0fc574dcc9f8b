// Groups layers into what becomes one integer node: an anchor, the affine layers behind it, one activation.
import type { Graph, GraphNode } from "../ir/graph.ts";
import { traitsOf } from "./roles/traits.ts";

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
    const start = traitsOf(first);
    const chain = [first];
    const affines = start.fusesAs === "affine" ? [first] : [];
    let activation = start.fusesAs === "activation" ? first : undefined;
    let before = first;
    if (start.fuses.length > 0)
      for (;;) {
        const at = chain.at(-1)!;
        const [next, ...more] = consumers.get(at.name)!;
        if (!next || more.length > 0 || graph.outputs.includes(at.name)) break;
        const as = traitsOf(next).fusesAs;
        if (as === "affine" && start.fuses.includes("affine") && !activation) {
          affines.push(next);
          before = next;
        } else if (as === "activation" && !activation) activation = next;
        else if (as !== "nothing") break;
        chain.push(next);
      }
    for (const n of chain) taken.add(n);
    units.push({ first, affines, activation, layers: chain, last: chain.at(-1)!, beforeActivation: before });
  }
  return units;
}
