// What flows along the edges of a model while it is mapped.
import type { Constant } from "./tensors.ts";

/** The result of a layer: channels, height, width, or the values of a vector. */
export interface LayerValue {
  readonly kind: "layer";
  readonly layer: string;
  readonly shape: readonly [number, number, number] | readonly [number];
  /** Between QuantizeLinear and DequantizeLinear. */
  readonly quantized?: boolean;
  /** The number of a class, not a quantity. */
  readonly index?: boolean;
  /** Bits that the model quantizes it to. */
  readonly bits?: number | undefined;
  /** The input itself in channels-last order, in front of its transposition. */
  readonly last?: boolean;
}

/** A layer's shape from sizes without the batch axis; anything but three of them is a vector's one. */
export const layerShape = ([a, b, c]: readonly number[]): LayerValue["shape"] =>
  b === undefined || c === undefined ? [a!] : [a!, b, c];

/** A result that is no layer's alone: data of one layer moved around and compared. */
export interface FreeValue {
  readonly kind: "free";
  readonly root: LayerValue;
  /** What it is of the root's example (see l1.ts), with the batch axis wherever the model has put it. */
  readonly computed: Constant;
  /** The same of its wide example, of values far below and above zero: what limits them or drops their sign shows there. */
  readonly wide: Constant;
  /** The constant that was subtracted, where one was. */
  readonly weights: Constant | undefined;
  /** Label of the node that left the layers. */
  readonly origin: string;
}

export type Value = { readonly kind: "constant"; readonly value: Constant } | LayerValue | FreeValue;
