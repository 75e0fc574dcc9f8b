import type { QuantizedNetwork, QuantizedNode } from "../../generator/ir/quantized.js";
import type { IntRange } from "../../generator/ir/tensor.js";
import type { NodeEdges } from "../ops/op.js";
import { type Constant } from "./arena.js";
import { type Call } from "./calls.js";
import { type Place } from "./place.js";
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
export declare function programFor(net: QuantizedNetwork, keep: "all" | readonly string[], path?: Path): Program;
