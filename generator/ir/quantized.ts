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

/** Nodes by their op: their fields and what they compute. */
export type * from "./nodes.ts";

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
