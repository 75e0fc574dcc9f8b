// The network in integers only: what golden computes and the hardware must equal. Types only; nothing here runs.
import type { InputSpec, JsonPath, Overrides, WindowAttrs } from "./graph.ts";
import type { EdgeType, IntRange } from "./tensor.ts";

export type RequantMode = "full" | "pow2" | "csd2";

/**
 * q = clamp(floor((acc * multiplier[c] + bias[c]) / 2^shift), lo, hi); no clamp where `clamp` is null (raw logits).
 * `bias` holds the rounding half, the zero point and every constant of the channel.
 * In mode pow2 every multiplier is 0 or a signed power of two, in csd2 a sum of at most two of them.
 * `negative` replaces multiplier and bias where the first result is below `pivot` (leaky activations).
 */
export interface Requant {
  readonly mode: RequantMode;
  readonly multiplier: readonly number[];
  readonly bias: readonly number[];
  readonly shift: number;
  readonly clamp: IntRange | null;
  readonly negative?: {
    readonly multiplier: readonly number[];
    readonly bias: readonly number[];
    readonly pivot: number;
  };
}

/** Integer weights, one row per output channel, taps in (ky, kx, channel within the group) order. */
export interface IntWeights {
  readonly rows: readonly Int32Array[];
  readonly bits: number;
  readonly signed: boolean;
}

interface NodeBase {
  readonly name: string;
  /** Edge names; an edge bears the name of the network layer whose result it is. */
  readonly inputs: readonly string[];
  readonly output: string;
  /** Names of the network's layers that this node computes, in order (fused ones included). */
  readonly layers: readonly string[];
  readonly path: JsonPath;
  readonly overrides: Overrides;
}

/** acc[o] = SUM |x_k - w_k[o]|, unsigned; then requantize. Taps outside the image are x = zeroPoint of the input edge. */
export interface SadNode extends NodeBase {
  readonly op: "sad";
  readonly window: WindowAttrs;
  readonly weights: IntWeights;
  readonly accRange: IntRange;
  readonly requant: Requant;
}

/** acc[o] = SUM x_k * w_k[o], signed (the zero point's part is in the bias); then requantize. */
export interface MacNode extends NodeBase {
  readonly op: "mac";
  readonly window: WindowAttrs;
  readonly weights: IntWeights;
  readonly accRange: IntRange;
  readonly requant: Requant;
}

/** Requantizes each value of one edge: standalone batch norm, activation, the input's normalization. */
export interface RequantNode extends NodeBase {
  readonly op: "requant";
  readonly requant: Requant;
}

/** Largest q of the window; taps outside the image never win. */
export interface MaxPoolNode extends NodeBase {
  readonly op: "max_pool";
  readonly window: WindowAttrs;
}

/** acc = SUM q over the taps (those outside the image count as zeroPoint); then requantize, which divides. */
export interface AvgPoolNode extends NodeBase {
  readonly op: "avg_pool";
  readonly window: WindowAttrs;
  readonly accRange: IntRange;
  readonly requant: Requant;
  /**
   * Where windows have several divisors: the class of each output position in raster order. The constants of class k and
   * channel c are entry k * channels + c of the requantize step. Absent: one class.
   */
  readonly classes?: readonly number[];
}

/** q = clamp(floor((SUM_i q_i * multiplier_i + bias) / 2^shift)), channel-wise, two or more inputs of one shape. */
export interface AddNode extends NodeBase {
  readonly op: "add";
  readonly multipliers: readonly number[];
  readonly bias: number;
  readonly shift: number;
  readonly clamp: IntRange;
}

/** q = table[x], value by value: a function without a simple formula. One entry for every value of the input's bits. */
export interface TableNode extends NodeBase {
  readonly op: "table";
  readonly table: readonly number[];
}

/** The channels of the inputs one after the other; all inputs have one scale. */
export interface ConcatNode extends NodeBase {
  readonly op: "concat";
}

/** Every pixel repeated `factor` times down and right. */
export interface UpsampleNode extends NodeBase {
  readonly op: "upsample";
  readonly factor: readonly [number, number];
}

/** The input inside a margin of real zeros (its zeroPoint): a window of one tap with padding. */
export interface PadNode extends NodeBase {
  readonly op: "pad";
  readonly window: WindowAttrs;
}

/** Index of the largest value of the frame, the lowest index on a tie; output is [1, 1, 1]. */
export interface ArgmaxNode extends NodeBase {
  readonly op: "argmax";
}

/** The same values under another shape (flatten): raster HWC order is kept. */
export interface ReshapeNode extends NodeBase {
  readonly op: "reshape";
}

export type QuantizedNode =
  | SadNode
  | MacNode
  | RequantNode
  | MaxPoolNode
  | AvgPoolNode
  | AddNode
  | TableNode
  | ConcatNode
  | UpsampleNode
  | PadNode
  | ArgmaxNode
  | ReshapeNode;

/** Nodes are in topological order. `edges` has the type of the input and of every node's output, by name. */
export interface QuantizedNetwork {
  readonly name: string;
  readonly input: InputSpec;
  /** Name of the edge that carries the stored input values. */
  readonly inputEdge: string;
  readonly edges: Readonly<Record<string, EdgeType>>;
  readonly nodes: readonly QuantizedNode[];
  readonly outputs: readonly string[];
}
