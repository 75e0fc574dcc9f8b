// The network as the user means it: named layers over real numbers. Types only; nothing here runs.
import type { Task } from "./task.ts";
import type { FloatTensor, Shape } from "./tensor.ts";

/** Path into the user's JSON file, for messages. */
export type JsonPath = readonly (string | number)[];

/** The network's input: stored integer q of channel c stands for the real value q * scale[c] + offset[c]. */
export interface InputSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly storage: "uint8" | "int8" | "uint16";
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/** Geometry of a layer that slides a window. Padding is top, left, bottom, right and is a real zero. */
export interface WindowAttrs {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
  readonly groups: number;
}

/** A window over the map whose pixels are `insert` apart, [down, right], with real zeros between them. */
export interface TransposeAttrs extends WindowAttrs {
  readonly insert: readonly [number, number];
}

/**
 * Where a layer's weights are: in memories with fixed contents, in memories that are written at run time, or in a memory
 * beside the chip.
 */
export const HOMES = ["rom", "ram", "external"] as const;
export type Home = (typeof HOMES)[number];

/** What a user asked for one layer; absent means the compiler chooses. */
export interface Overrides {
  readonly bits?: number | undefined;
  readonly pe?: number | undefined;
  readonly simd?: number | undefined;
  readonly pixels?: number | undefined;
  readonly unroll?: boolean | undefined;
  readonly home?: Home | undefined;
  /** Weights in external memory are coded. */
  readonly coded?: boolean | undefined;
  /** Parts of the output map, each of which reads weights in external memory anew. */
  readonly bands?: number | undefined;
}

/**
 * One layer. `kind` selects behaviour in the registries of generator/layers and golden/float; `attrs` is that kind's
 * own normalized attributes. Tensors are in compiler order: convolution weights [out, kh, kw, in/groups], linear weights
 * [out, in] with inputs in HWC order, per-channel vectors [channels].
 */
export interface GraphNode<A extends object = object> {
  readonly name: string;
  readonly kind: string;
  readonly inputs: readonly string[];
  readonly attrs: A;
  readonly tensors: Readonly<Record<string, FloatTensor>>;
  readonly shape: Shape;
  readonly overrides: Overrides;
  readonly path: JsonPath;
}

/** Nodes are in topological order; names are unique; the input's name is never a node's name. */
export interface Graph {
  readonly name: string;
  readonly input: InputSpec;
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly string[];
  /** What the outputs are for, where the file says it; outputs are named by their layers. */
  readonly task?: Task;
}
