// Real zeros between the pixels of a map.
import type { ZeroInsertNode } from "../../generator/ir/quantized.ts";
import { type Op, sizeOf, storageFor } from "./op.ts";

export const zeroInsertOp: Op<ZeroInsertNode> = ({ factor: [down, right] }, [x], { inputs, output }) => {
  const [, width, channels] = output.shape;
  const [rows, columns] = x!.shape;
  const data = storageFor(output.range, sizeOf(output.shape)).fill(inputs[0]!.zeroPoint);
  for (let y = 0; y < rows; y++)
    for (let c = 0; c < columns; c++) {
      const from = (y * columns + c) * channels;
      data.set(x!.data.subarray(from, from + channels), (y * down * width + c * right) * channels);
    }
  return { output: { shape: output.shape, data } };
};
