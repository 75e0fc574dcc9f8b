import type { Graph, GraphNode } from "../ir/graph.js";
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
export declare function consumersOf(graph: Graph): ReadonlyMap<string, readonly GraphNode[]>;
export declare function unitsOf(graph: Graph): Unit[];
