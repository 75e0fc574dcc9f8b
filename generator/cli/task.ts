// infer --task: answers in the terms of the task, how good they are, and pictures of them.
import { z } from "zod";
import { classOf } from "../../golden/index.ts";
import { plainTask } from "../3-infer/task.ts";
import { inputError } from "../diagnostics/diagnostics.ts";
import type { Fit } from "../files/resize.ts";
import type { Graph, InputSpec } from "../ir/graph.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { Task, TaskKind, TaskOf } from "../ir/task.ts";
import type { FloatTensor, IntTensor, Shape } from "../ir/tensor.ts";
import { averagePrecisions, type Box, type Detection, decodeBoxes, matchBoxes, meanPrecision } from "../tasks/boxes.ts";
import { misfit } from "../tasks/fit.ts";
import { decodeImage, psnr } from "../tasks/image.ts";
import { classesOf, decodeMask, IGNORED, maskScore } from "../tasks/mask.ts";
import * as draw from "../tasks/pictures.ts";
import { readImages, readLabels, reason } from "./files.ts";
import { readInput } from "./inputs.ts";
import { percent } from "./table.ts";

export { outputsOf } from "../tasks/fit.ts";

/** What outputs are, by name, whether the network is real or in integers. */
export interface Outputs {
  readonly names: readonly string[];
  readonly shape: (name: string) => Shape;
  /** Whether an output is an index of the largest. */
  readonly isIndex: (name: string) => boolean;
  readonly task: Task | undefined;
}

export const graphOutputs = (g: Graph): Outputs => {
  const nodes = new Map(g.nodes.map((n) => [n.name, n]));
  return {
    names: g.outputs,
    shape: (name) => nodes.get(name)?.shape ?? g.input.shape,
    isIndex: (name) => nodes.get(name)?.kind === "argmax",
    task: g.task,
  };
};

export const integerOutputs = (net: QuantizedNetwork): Outputs => ({
  names: net.outputs,
  shape: (name) => net.edges[name]!.shape,
  isIndex: (name) => net.nodes.some((n) => n.output === name && n.op === "argmax"),
  task: net.task,
});

/** The task that the user names, or the network's own, or classes. */
export function chosenTask(kind: TaskKind | undefined, outputs: Outputs): Task {
  const { task, names } = outputs;
  if (task && (kind === undefined || kind === task.kind)) return task;
  if (kind === "boxes")
    throw inputError({
      code: "AN6006",
      message: "the network does not say how its outputs become boxes",
      expected: '"task": { "kind": "boxes", "names": ..., "stride": ..., "scores": ..., "centers": ..., "sizes": ... }',
      hint: "add it to the network file; docs/format.md explains each key",
    });
  const plain = plainTask(kind ?? "classes", names[0]!);
  const wrong = misfit(plain, outputs.shape);
  if (!wrong) return plain;
  throw inputError({ code: "AN6006", message: wrong.message, expected: wrong.expected, found: wrong.found });
}

/** What is true of the images, one entry an image. */
interface Truth {
  readonly classes: readonly number[];
  readonly mask: readonly ArrayLike<number>[];
  readonly boxes: readonly (readonly Box[])[];
  /** Samples of 0 to 255. */
  readonly image: readonly ArrayLike<number>[];
}
export type Labels = { readonly [K in TaskKind]: { readonly kind: K; readonly truth: Truth[K] } }[TaskKind];

/**
 * @param part whether the file may hold more labels than there are images
 * @param fit how the images were read; masks follow them, the nearest pixel's class each
 */
export function readTaskLabels(
  path: string,
  task: Task,
  outputs: Outputs,
  count: number,
  part: boolean,
  fit?: Fit,
): Labels {
  if (task.kind === "classes") return { kind: task.kind, truth: readLabels(path, count, part) };
  if (task.kind === "boxes") return { kind: task.kind, truth: readBoxes(path, task, count, part) };
  const [height, width, channels] = outputs.shape(task.output);
  const shape: Shape = [height, width, task.kind === "mask" ? 1 : channels];
  const spec: InputSpec = { name: "labels", shape, storage: "uint8", scale: [1], offset: [0] };
  const labelFit: Fit | undefined = fit && { ...fit, filter: task.kind === "mask" ? "nearest" : fit.filter };
  const read = readImages(path, spec, part ? count : undefined, labelFit).map(({ data }) => data);
  if (read.length !== count) throw mismatch(path, `labels of ${count} images`, `${read.length}`);
  if (task.kind === "image") return { kind: "image", truth: read };
  const classes = maskClasses(task, outputs);
  if (classes === 2) return { kind: "mask", truth: read.map((label) => label.map((v) => (v > 0 ? 1 : 0))) };
  read.forEach((label, i) => {
    const wrong = label.findIndex((v) => v >= classes && v !== IGNORED);
    if (wrong >= 0)
      throw mismatch(path, `classes 0 to ${classes - 1}, or ${IGNORED} for none`, `${label[wrong]} in label ${i}`);
  });
  return { kind: "mask", truth: read };
}

/** An index knows its classes from its names, or has as many as a byte. */
const maskClasses = (task: TaskOf<"mask">, outputs: Outputs): number =>
  outputs.isIndex(task.output) ? (task.names?.length ?? IGNORED) : classesOf(outputs.shape(task.output)[2]);

const mismatch = (path: string, expected: string, found: string) =>
  inputError({ code: "AN6004", message: `the labels of ${path} do not match the images`, expected, found });

const boxesSchema = z.array(
  z.array(z.tuple([z.union([z.string(), z.int().min(0)]), z.number(), z.number(), z.number(), z.number()])),
);

/** A JSON file: for each image a list of [class, x1, y1, x2, y2], the class by number or name. */
function readBoxes(path: string, task: TaskOf<"boxes">, count: number, part: boolean): Box[][] {
  const expected = "a JSON array with [class, x1, y1, x2, y2] of each box in an array for each image";
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(readInput(path)));
  } catch (e) {
    throw inputError({ code: "AN6001", message: `${path} cannot be read: ${reason(e)}`, expected });
  }
  const parsed = boxesSchema.safeParse(value);
  if (!parsed.success) {
    const { path: at, message } = parsed.error.issues[0]!;
    throw mismatch(path, expected, `at ${["$", ...at].join(".")}: ${message}`);
  }
  if (parsed.data.length < count || (!part && parsed.data.length > count))
    throw mismatch(path, `boxes of ${count} images`, `${parsed.data.length}`);
  return parsed.data.slice(0, count).map((boxes, i) =>
    boxes.map(([name, ...corners]) => {
      const index = typeof name === "number" ? name : task.names.indexOf(name);
      if (!(index >= 0 && index < task.names.length))
        throw mismatch(
          path,
          `classes 0 to ${task.names.length - 1} or ${task.names.join(", ")}`,
          `${name} in image ${i}`,
        );
      const [x1, y1, x2, y2] = corners;
      if (!(x2 > x1 && y2 > y1)) throw mismatch(path, "x1 < x2 and y1 < y2", `[${corners.join(", ")}] in image ${i}`);
      return { class: index, corners: [x1, y1, x2, y2] };
    }),
  );
}

/** Answers to all images, in the terms of the task. */
export interface Answers {
  /** The metric in one line; undefined without labels. */
  readonly metric: string | undefined;
  /** The metric as one number, better where larger: in percent, of images in decibels; undefined without labels. */
  readonly score: number | undefined;
  /** The metric as data. */
  readonly metrics: Readonly<Record<string, unknown>>;
  /** What --json tells of the answers themselves. */
  readonly data: Readonly<Record<string, unknown>>;
  /** One line for an image. */
  line(i: number): string;
  /** Pictures of an image by what they show: "input", "answer" and, with labels, "difference". */
  pictures(i: number): ReadonlyMap<string, draw.Canvas>;
}

const known = (v: number): number | null => (Number.isFinite(v) ? v : null);

export interface Judged {
  readonly task: Task;
  readonly outputs: Outputs;
  readonly input: InputSpec;
  readonly images: readonly IntTensor[];
  /** Real values of the task's outputs, by name, of image i. */
  readonly real: (i: number) => ReadonlyMap<string, FloatTensor>;
  readonly labels: Labels | undefined;
}

export function judge(j: Judged): Answers {
  switch (j.task.kind) {
    case "classes":
      return classes(j, j.task);
    case "mask":
      return masks(j, j.task);
    case "boxes":
      return boxes(j, j.task);
    case "image":
      return restored(j, j.task);
  }
}

const truthOf = <K extends TaskKind>(labels: Labels | undefined, kind: K): Truth[K] | undefined =>
  labels?.kind === kind ? (labels.truth as Truth[K]) : undefined;

function classes({ input, images, real, labels }: Judged, task: TaskOf<"classes">): Answers {
  const truth = truthOf(labels, "classes");
  const found = images.map((_, i) => classOf(real(i).get(task.output)!));
  const accuracy = truth && found.filter((c, i) => c === truth[i]).length / found.length;
  const name = (c: number) => (task.names?.[c] === undefined ? String(c) : `${c} (${task.names[c]})`);
  return {
    metric: accuracy === undefined ? undefined : `accuracy ${percent(accuracy)}`,
    score: accuracy === undefined ? undefined : 100 * accuracy,
    metrics: accuracy === undefined ? {} : { accuracy },
    data: { classes: found },
    line: (i) => `class ${name(found[i]!)}`,
    pictures: (i) => new Map([["input", draw.inputPicture(input, images[i]!)]]),
  };
}

function masks({ input, images, real, labels, outputs }: Judged, task: TaskOf<"mask">): Answers {
  const truth = truthOf(labels, "mask");
  const [height, width] = outputs.shape(task.output);
  const index = outputs.isIndex(task.output);
  const found = images.map((_, i) => decodeMask(task, real(i).get(task.output)!, index));
  const most = maskClasses(task, outputs);
  const score = truth && maskScore(found, truth, most);
  const share = (mask: Uint8Array) => mask.reduce((n, c) => n + (c > 0 ? 1 : 0), 0) / mask.length;
  return {
    metric: score && `IoU ${percent(score.iou)}, Dice ${percent(score.dice)}, right pixels ${percent(score.right)}`,
    score: score && 100 * score.iou,
    metrics: score ? { iou: known(score.iou), dice: known(score.dice), right: score.right } : {},
    data: {},
    line: (i) => `${percent(share(found[i]!))} of the pixels in a class above 0`,
    pictures: (i) =>
      new Map([
        ["input", draw.inputPicture(input, images[i]!)],
        ["answer", draw.maskPicture(height, width, found[i]!, most)],
        ...(truth ? [["difference", draw.maskDifference(height, width, found[i]!, truth[i]!)] as const] : []),
      ]),
  };
}

/** Boxes of a lower score are counted by the metric and not drawn. */
const SHOWN = 0.3;

function boxes({ input, images, real, labels }: Judged, task: TaskOf<"boxes">): Answers {
  const truth = truthOf(labels, "boxes");
  const found = images.map((_, i) => decodeBoxes(task, real(i)));
  const shown = (i: number): Detection[] => found[i]!.filter((d) => d.score >= Math.max(SHOWN, task.threshold));
  const precisions = truth && averagePrecisions(task.names.length, found, truth);
  const canvas = (i: number) => draw.inputPicture(input, images[i]!);
  return {
    metric:
      precisions &&
      `mAP50 ${percent(meanPrecision(precisions))} (${precisions.map((p, c) => `${task.names[c]} ${Number.isNaN(p) ? "none" : percent(p)}`).join(", ")})`,
    score: precisions && 100 * meanPrecision(precisions),
    metrics: precisions
      ? {
          map50: known(meanPrecision(precisions)),
          classes: precisions.map((p, c) => ({ name: task.names[c], ap50: known(p) })),
        }
      : {},
    data: {
      boxes: found.map((list) =>
        list.map((d) => ({ class: d.class, name: task.names[d.class], score: d.score, corners: d.corners })),
      ),
    },
    line: (i) => {
      const list = shown(i);
      const counts = task.names.map((n, c) => `${n} ${list.filter((d) => d.class === c).length}`);
      return `boxes of a score of ${Math.max(SHOWN, task.threshold)} or more: ${counts.join(", ")}`;
    },
    pictures: (i) =>
      new Map([
        ["input", canvas(i)],
        ["answer", draw.boxPicture(canvas(i), shown(i))],
        ...(truth
          ? [
              [
                "difference",
                draw.boxDifference(canvas(i), shown(i), truth[i]!, matchBoxes(shown(i), truth[i]!)),
              ] as const,
            ]
          : []),
      ]),
  };
}

function restored({ input, images, real, labels, outputs }: Judged, task: TaskOf<"image">): Answers {
  const truth = truthOf(labels, "image");
  const [height, width, channels] = outputs.shape(task.output);
  const found = images.map((_, i) => decodeImage(task, real(i).get(task.output)!));
  const each = truth && found.map((answer, i) => psnr(answer, truth[i]!));
  const mean = each && each.reduce((a, b) => a + b, 0) / each.length;
  return {
    metric: mean === undefined ? undefined : `PSNR ${mean.toFixed(2)} dB`,
    score: mean,
    metrics: mean === undefined ? {} : { psnr: known(mean) },
    data: {},
    line: (i) => `${height} x ${width} samples of ${Math.min(...found[i]!)} to ${Math.max(...found[i]!)}`,
    pictures: (i) =>
      new Map([
        ["input", draw.inputPicture(input, images[i]!)],
        ["answer", draw.imagePicture(height, width, channels, found[i]!)],
        ...(truth
          ? [["difference", draw.imageDifference(height, width, channels, found[i]!, truth[i]!)] as const]
          : []),
      ]),
  };
}
