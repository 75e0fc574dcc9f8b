// What a network answers to an image as a picture, in the terms of its task: the mask, the boxes over the image, the image.

import type { InputSpec } from "../ir/graph.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { Task } from "../ir/task.ts";
import type { FloatTensor, IntTensor } from "../ir/tensor.ts";
import { decodeBoxes } from "../tasks/boxes.ts";
import { outputsOf } from "../tasks/fit.ts";
import { decodeImage } from "../tasks/image.ts";
import { classesOf, decodeMask, IGNORED } from "../tasks/mask.ts";
import { boxPicture, type Canvas, imagePicture, inputPicture, maskPicture } from "../tasks/pictures.ts";
import type { Picture } from "./data.ts";

/** Computes tensors of many images in integers, by name (see runBatch). */
export type Compute = (
  net: QuantizedNetwork,
  images: readonly IntTensor[],
  keep: readonly string[],
) => ReadonlyMap<string, readonly IntTensor[]>;

/** Boxes of a lower score are not drawn, as in `addernet infer`. */
const SHOWN = 0.3;

const pictureOf = ({ width, height, rgb }: Canvas): Picture => ({
  width,
  height,
  channels: 3,
  samples: Array.from(rgb),
});

/** Of an image and the real values of the task's outputs; undefined for classes, which are no picture. */
export function answerPicture(
  task: Task,
  net: Pick<QuantizedNetwork, "edges" | "nodes">,
  input: InputSpec,
  image: IntTensor,
  real: ReadonlyMap<string, FloatTensor>,
): Picture | undefined {
  if (task.kind === "classes") return undefined;
  if (task.kind === "boxes") {
    const found = decodeBoxes(task, real).filter((d) => d.score >= Math.max(SHOWN, task.threshold));
    return pictureOf(boxPicture(inputPicture(input, image), found));
  }
  const [height, width, channels] = net.edges[task.output]!.shape;
  const answer = real.get(task.output)!;
  if (task.kind === "image") return pictureOf(imagePicture(height, width, channels, decodeImage(task, answer)));
  const index = net.nodes.some((n) => n.output === task.output && n.op === "argmax");
  const classes = index ? (task.names?.length ?? IGNORED) : classesOf(channels);
  return pictureOf(maskPicture(height, width, decodeMask(task, answer, index), classes));
}

/** Images beside what the network answers to them; empty where its task is none that is seen. */
export function answers(
  net: QuantizedNetwork,
  images: readonly IntTensor[],
  compute: Compute,
): { image: number; input: Picture; output: Picture }[] {
  const { task, input } = net;
  if (!task || task.kind === "classes") return [];
  const names = outputsOf(task);
  if (names.some((n) => net.edges[n] === undefined)) return [];
  const all = compute(net, images, names);
  return images.flatMap((image, i) => {
    const real = new Map(
      names.map((name) => {
        const { scale, zeroPoint } = net.edges[name]!;
        const { shape, data } = all.get(name)![i]!;
        return [name, { shape, data: Float64Array.from(data, (v) => scale * (v - zeroPoint)) }] as const;
      }),
    );
    const output = answerPicture(task, net, input, image, real);
    return output ? [{ image: i, input: pictureOf(inputPicture(input, image)), output }] : [];
  });
}
