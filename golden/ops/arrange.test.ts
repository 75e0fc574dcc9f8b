import { expect, test } from "vitest";
import type { QuantizedNode } from "../../generator/ir/quantized.ts";
import type { EdgeType, IntTensor, Shape } from "../../generator/ir/tensor.ts";
import { evalNode } from "./index.ts";

const edge = (shape: Shape, zeroPoint = 0): EdgeType => ({
  shape,
  bits: 4,
  signed: false,
  scale: 1,
  zeroPoint,
  range: { min: 0, max: 15 },
});
const tensor = (shape: Shape, data: number[]): IntTensor => ({ shape, data: Int32Array.from(data) });
const base = { name: "n", inputs: ["x"], output: "y", layers: [], path: [], overrides: {} };

function run(node: QuantizedNode, inputs: IntTensor[], shape: Shape, zeroPoint = 0): number[] {
  const edges = { inputs: inputs.map((x) => edge(x.shape, zeroPoint)), output: edge(shape, zeroPoint) };
  return [...evalNode(node, inputs, edges).output.data];
}

test("concat puts the channels of the second input behind those of the first, pixel by pixel", () => {
  const a = tensor([1, 2, 1], [1, 2]);
  const b = tensor([1, 2, 2], [3, 4, 5, 6]);
  expect(run({ op: "concat", ...base, inputs: ["a", "b"] }, [a, b], [1, 2, 3])).toEqual([1, 3, 4, 2, 5, 6]);
});

test("pad surrounds the map by the zero point", () => {
  const window = {
    kernel: [1, 1],
    stride: [1, 1],
    dilation: [1, 1],
    padding: [1, 0, 0, 1],
    groups: 1,
  } as const;
  expect(run({ op: "pad", ...base, window }, [tensor([1, 2, 1], [7, 8])], [2, 3, 1], 5)).toEqual([5, 5, 5, 7, 8, 5]);
});

test("table looks each value up", () => {
  const table = Array.from({ length: 16 }, (_, q) => 15 - q);
  expect(run({ op: "table", ...base, table }, [tensor([1, 1, 3], [0, 4, 15])], [1, 1, 3])).toEqual([15, 11, 0]);
});

test("upsample repeats pixels right and down", () => {
  const x = tensor([1, 2, 2], [1, 2, 3, 4]);
  expect(run({ op: "upsample", ...base, factor: [2, 2] }, [x], [2, 4, 2])).toEqual(
    [0, 1].flatMap(() => [1, 2, 1, 2, 3, 4, 3, 4]),
  );
});

test("zero insertion spreads pixels, the zero point between them and none behind the last", () => {
  const x = tensor([2, 2, 1], [1, 2, 3, 4]);
  expect(run({ op: "zero_insert", ...base, factor: [2, 3] }, [x], [3, 4, 1], 9)).toEqual([
    1, 9, 9, 2, 9, 9, 9, 9, 3, 9, 9, 4,
  ]);
});

test("depth to space: as PyTorch's PixelShuffle counts channels, and as ONNX does where nothing is said", () => {
  const x = tensor([1, 1, 8], [0, 1, 2, 3, 4, 5, 6, 7]);
  const shuffled = (order: "crd" | "dcr") =>
    run({ op: "depth_to_space", ...base, block: [2, 2], order }, [x], [2, 2, 2]);
  expect(shuffled("crd")).toEqual([0, 4, 1, 5, 2, 6, 3, 7]);
  expect(shuffled("dcr")).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  const row = tensor([1, 2, 2], [1, 2, 3, 4]);
  expect(run({ op: "depth_to_space", ...base, block: [2, 1], order: "crd" }, [row], [2, 2, 1])).toEqual([1, 3, 2, 4]);
});
