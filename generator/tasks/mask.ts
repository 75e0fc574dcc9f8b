// A class for every pixel: decoding, and intersection over union.
import type { TaskOf } from "../ir/task.ts";
import type { FloatTensor } from "../ir/tensor.ts";

/** Pixels that a label of several classes leaves out. */
export const IGNORED = 255;

/** Classes that an answer may have; an index has as many as it says. */
export const classesOf = (channels: number): number => Math.max(2, channels);

/**
 * The class of every pixel in raster order. One channel: 1 above the threshold, 0 elsewhere, or, where the output is an
 * index, that index. Several: the largest, the lowest on a tie.
 */
export function decodeMask(task: TaskOf<"mask">, { shape, data }: FloatTensor, index: boolean): Uint8Array {
  const [height, width, channels] = shape as [number, number, number];
  return Uint8Array.from({ length: height * width }, (_, p) => {
    if (index) return data[p]!;
    if (channels === 1) return data[p]! > task.threshold ? 1 : 0;
    let best = 0;
    for (let c = 1; c < channels; c++) if (data[p * channels + c]! > data[p * channels + best]!) best = c;
    return best;
  });
}

export interface MaskScore {
  /** Intersection over union of class 1 where there are two, else the mean over the classes that occur. */
  readonly iou: number;
  readonly dice: number;
  /** Share of right pixels. */
  readonly right: number;
  /** Of each class; NaN where it occurs in no label and in no answer. */
  readonly classes: readonly number[];
}

/** Over all pixels of all images together. */
export function maskScore(
  answers: readonly Uint8Array[],
  labels: readonly ArrayLike<number>[],
  classes: number,
): MaskScore {
  const [both, answered, labelled] = [0, 0, 0].map(() => new Float64Array(classes)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let pixels = 0;
  answers.forEach((answer, i) => {
    const label = labels[i]!;
    for (let p = 0; p < answer.length; p++) {
      const [a, l] = [answer[p]!, label[p]!];
      if (l === IGNORED && classes > 2) continue;
      pixels++;
      answered[a]!++;
      labelled[l]!++;
      if (a === l) both[a]!++;
    }
  });
  const iou = Array.from(both, (n, c) => n / (answered[c]! + labelled[c]! - n));
  const dice = Array.from(both, (n, c) => (2 * n) / (answered[c]! + labelled[c]!));
  const mean = (list: readonly number[]) => {
    const known = (classes === 2 ? list.slice(1) : list).filter((v) => !Number.isNaN(v));
    return known.reduce((a, b) => a + b, 0) / known.length;
  };
  const right = both.reduce((a, b) => a + b, 0) / pixels;
  return { iou: mean(iou), dice: mean(dice), right, classes: iou };
}
