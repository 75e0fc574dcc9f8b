// What the checks of a node give.
import type { EdgeType, IntRange, Shape } from "../ir/tensor.ts";

/** What a node's fields and inputs say of its output. */
export interface Outcome {
  readonly shape: Shape;
  /** Values that can occur. */
  readonly range: IntRange;
  /** The edge whose meaning (bits, sign, scale, zero point) the output keeps; absent: it has one of its own. */
  readonly keeps?: EdgeType;
}

/** Reports a contradiction at a field of the node; gives undefined, so that a check can end with it. */
export type Fault = (field: readonly (string | number)[], message: string) => undefined;
