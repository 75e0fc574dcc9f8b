// What layers with weights share: their output channels, their bias, and the tensors that stage 3 reads for them.
import { z } from "zod";
import type { FloatTensor } from "../ir/tensor.ts";
import { type LayerJson, type TensorRef, type TensorRequest, tensorRef } from "./define.ts";

export const filtersField = z.int().min(1).max(65536).describe("output channels");
export const filtersBias = tensorRef.optional().describe("one value added to each output channel, shape [filters]");

export type WeightedJson = LayerJson & { weights: TensorRef; bias?: TensorRef };

type Arrange = (t: FloatTensor) => FloatTensor;

/** Weights, and a bias of one value an output where the layer has one. @param shape of the weights in the file */
export function weightsAndBias(
  { weights, bias }: WeightedJson,
  outputs: number,
  shape: readonly number[],
  arrange: { readonly weights: Arrange; readonly bias?: Arrange },
): TensorRequest[] {
  return [
    { role: "weights", ref: weights, field: "weights", shape, arrange: arrange.weights },
    ...(bias === undefined
      ? []
      : [
          {
            ...{ role: "bias", ref: bias, field: "bias", shape: [outputs] },
            ...(arrange.bias ? { arrange: arrange.bias } : {}),
          },
        ]),
  ];
}
