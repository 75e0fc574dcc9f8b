import type { FloatTensor } from "../../ir/tensor.ts";

/** What arrives at the network: real value = (q * scale - mean) / std for each channel. */
export interface InputPlan {
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly scale: number;
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
}

/** A layer in the words of the network file; tensors by their names in the weights file. */
export type LayerPlan = Readonly<Record<string, unknown>> & {
  readonly name: string;
  readonly kind: string;
  readonly inputs?: readonly string[];
};

/** A network ready to be written: layers in order, and the tensors that they name, in PyTorch's order. */
export interface NetworkPlan {
  readonly architecture: string;
  readonly input: InputPlan;
  readonly layers: readonly LayerPlan[];
  readonly tensors: ReadonlyMap<string, FloatTensor>;
  /** What the weights do not say and the plan takes for granted, one sentence each. */
  readonly assumed: readonly string[];
}
