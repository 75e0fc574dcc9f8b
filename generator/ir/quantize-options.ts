import type { RequantMode } from "./quantized.ts";

export const METHODS = ["max", "percentile", "mse"] as const;
export type Method = (typeof METHODS)[number];
/** A method, or "auto": the one of them that serves the network best. */
export const METHOD_CHOICES = [...METHODS, "auto"] as const;
export type MethodChoice = (typeof METHOD_CHOICES)[number];
export const MODES = ["full", "pow2", "csd2"] as const satisfies readonly RequantMode[];

export interface QuantizeOptions {
  /** Bits of every edge that no layer asks otherwise for, 2 to 16. */
  readonly bits: number;
  /** Bits at least of edges that a join (residual add) or a mean reads. */
  readonly joinBits: number;
  /** Bits at least of activations and weights of multiplying layers (conv2d, linear). */
  readonly productBits: number;
  readonly mode: RequantMode;
  /** Bits of a requantize multiplier in mode full. */
  readonly multiplierBits: number;
  readonly method: Method;
  /** Share of the values that method percentile covers, in percent. */
  readonly percentile: number;
  /** Bits of results that leave the network; default: those without an activation leave as raw sums. */
  readonly outputBits?: number | undefined;
}

/** What a file or a user states of them. */
export type StatedQuantize = Partial<Omit<QuantizeOptions, "method">> & { readonly method?: MethodChoice };

export const defaultQuantize: QuantizeOptions = {
  bits: 8,
  joinBits: 8,
  productBits: 8,
  mode: "full",
  multiplierBits: 16,
  method: "percentile",
  percentile: 99.97,
};
