// The network in integers only: what golden computes and the hardware must equal. Types only; nothing here runs.
import type { z } from "zod";
import type { InputSpec } from "./graph.ts";
import type { AnyNode, Fixed, requantSchema, weightsSchema } from "./nodes.ts";
import type { Task } from "./task.ts";
import type { EdgeType } from "./tensor.ts";

export type RequantMode = Requant["mode"];

/**
 * q = clamp(floor((acc * multiplier[c] + bias[c]) / 2^shift), lo, hi); no clamp where `clamp` is null (raw logits).
 * `bias` holds the rounding half, the zero point and every constant of the channel.
 * In mode pow2 every multiplier is 0 or a signed power of two, in csd2 a sum of at most two of them.
 * `negative` replaces multiplier and bias where the first result is below `pivot` (leaky activations).
 */
export type Requant = Fixed<z.output<typeof requantSchema>>;

/** Integer weights, one row per output channel, taps in (ky, kx, channel within the group) order. */
export type IntWeights = Fixed<z.output<typeof weightsSchema>>;

/**
 * A node of one op or of several. Of every op: `inputs` and `output` are names of edges, and an edge bears the name of
 * the network layer whose result it is; `layers` are the network's layers that this node computes, in order (fused ones
 * included).
 */
type Node<Op extends AnyNode["op"]> = Extract<AnyNode, { readonly op: Op }>;

/** acc[o] = SUM |x_k - w_k[o]|, unsigned; then requantize. Taps outside the image are x = zeroPoint of the input edge. */
export type SadNode = Node<"sad">;

/** acc[o] = SUM x_k * w_k[o], signed (the zero point's part is in the bias); then requantize. */
export type MacNode = Node<"mac">;

/** Requantizes each value of one edge: standalone batch norm, activation, the input's normalization. */
export type RequantNode = Node<"requant">;

/** Largest q of the window; taps outside the image never win. */
export type MaxPoolNode = Node<"max_pool">;

/**
 * acc = SUM q over the taps (those outside the image count as zeroPoint); then requantize, which divides.
 * Where windows have several divisors, `classes` has the class of each output position in raster order: the constants
 * of class k and channel c are entry k * channels + c of the requantize step. Absent: one class.
 */
export type AvgPoolNode = Node<"avg_pool">;

/** q = clamp(floor((SUM_i q_i * multiplier_i + bias) / 2^shift)), channel-wise, two or more inputs of one shape. */
export type AddNode = Node<"add">;

/** q = table[x], value by value: a function without a simple formula. One entry for every value of the input's bits. */
export type TableNode = Node<"table">;

/** The channels of the inputs one after the other; all inputs have one scale. */
export type ConcatNode = Node<"concat">;

/** Every pixel repeated `factor` times down and right. */
export type UpsampleNode = Node<"upsample">;

/**
 * The channels of a pixel become a block of [down, right] pixels: channel c of pixel (dy, dx) of the block is channel
 * (c*down + dy)*right + dx (crd) or (dy*right + dx)*C + c (dcr) of the input.
 */
export type DepthToSpaceNode = Node<"depth_to_space">;

/** The input inside a margin of real zeros (its zeroPoint): a window of one tap with padding. */
export type PadNode = Node<"pad">;

/** Index of the largest channel of each pixel, the lowest on a tie; one channel comes out. */
export type ArgmaxNode = Node<"argmax">;

/** The same values under another shape (flatten): raster HWC order is kept. */
export type ReshapeNode = Node<"reshape">;

export type QuantizedNode = AnyNode;

/** Nodes are in topological order. `edges` has the type of the input and of every node's output, by name. */
export interface QuantizedNetwork {
  readonly name: string;
  readonly input: InputSpec;
  /** Name of the edge that carries the stored input values. */
  readonly inputEdge: string;
  readonly edges: Readonly<Record<string, EdgeType>>;
  readonly nodes: readonly QuantizedNode[];
  readonly outputs: readonly string[];
  /** What the outputs are for, where it is known; outputs are named by their edges. */
  readonly task?: Task | undefined;
}
