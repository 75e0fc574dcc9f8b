import { expect, test } from "vitest";
import type { InputSpec } from "../ir/graph.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import { answers } from "./answers.ts";

const input: InputSpec = { name: "x", shape: [2, 2, 1], storage: "uint8", scale: [1], offset: [0] };
const edge = (shape: readonly number[], scale = 1) => ({ shape, scale, zeroPoint: 10 });
const net = (task: object, shape: readonly number[]) =>
  ({
    name: "n",
    input,
    nodes: [],
    edges: { y: edge(shape, 0.5) },
    outputs: ["y"],
    task,
  }) as unknown as QuantizedNetwork;
const image = { shape: [2, 2, 1] as const, data: Int32Array.of(0, 85, 170, 255) };
/** Answers always with these stored integers. */
const says = (data: readonly number[], shape: readonly number[]) => () =>
  new Map([["y", [{ shape: shape as [number, number, number], data: Int32Array.from(data) }]]]);
/** Red of the corners of the picture: its pixels are drawn larger. */
const corners = ({ width, height, samples }: { width: number; height: number; samples: readonly number[] }) =>
  [0, width - 1, (height - 1) * width, height * width - 1].map((p) => samples[3 * p]);

test("a mask: white where the real value is above the threshold", () => {
  const [one] = answers(
    net({ kind: "mask", output: "y", threshold: 0 }, [2, 2, 1]),
    [image],
    says([9, 12, 10, 11], [2, 2, 1]),
  );
  expect(corners(one!.output)).toEqual([0, 255, 0, 255]);
  expect(corners(one!.input)).toEqual([0, 85, 170, 255]);
});

test("an image: real values by gain and offset", () => {
  const task = { kind: "image", output: "y", gain: 100, offset: 5 };
  const [one] = answers(net(task, [2, 2, 1]), [image], says([10, 11, 12, 100], [2, 2, 1]));
  expect(corners(one!.output)).toEqual([5, 55, 105, 255]);
});

test("boxes stand over the image, those of a low score do not", () => {
  const at = (channel: number) => ({ output: "y", channel });
  const task = {
    ...{ kind: "boxes", names: ["a"], stride: [2, 2], threshold: 0.5, overlap: 0.5 },
    ...{ scores: at(0), centers: at(1), sizes: at(3) },
  };
  const drawn = (score: number) =>
    answers(net(task, [1, 1, 5]), [image], says([10 + 2 * score, 10, 10, 10, 10], [1, 1, 5]))[0]!;
  const quiet = drawn(-5);
  expect(quiet.output).toEqual(quiet.input);
  const loud = drawn(5);
  expect(loud.output.samples).not.toEqual(loud.input.samples);
});

test("classes are no picture", () => {
  expect(answers(net({ kind: "classes", output: "y" }, [1, 1, 4]), [image], says([1, 2, 3, 4], [1, 1, 4]))).toEqual([]);
});
