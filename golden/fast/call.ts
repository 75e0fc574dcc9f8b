// What makes a node ready gives, and what it is given.
import type { QuantizedNode } from "../../generator/ir/quantized.ts";
import type { NodeEdges } from "../ops/op.ts";
import type { Arena } from "./arena.ts";
import type { Place } from "./place.ts";
import type { Kernel } from "./wasm/kernels.ts";

export interface Call {
  readonly kernel: Kernel;
  readonly args: readonly number[];
}

/** One node made ready. */
export interface NodeCalls {
  readonly calls: readonly Call[];
  readonly output: Place;
  /** Whether the output may leave its edge's range and has to be looked at. */
  readonly checked: boolean;
  readonly acc?: Place | undefined;
}

/** What a node is given; `keep`: whether its accumulators are wanted. */
export interface NodeInput<N extends QuantizedNode> {
  readonly node: N;
  readonly edges: NodeEdges;
  readonly inputs: readonly Place[];
  readonly keep: boolean;
}

/** The calls for a node; undefined where no kernel is exact for it. */
export type MakeCalls<N extends QuantizedNode> = (arena: Arena, given: NodeInput<N>) => NodeCalls | undefined;
