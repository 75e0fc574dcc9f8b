// Boxes of a one-stage detector without anchors: decoding, suppression, average precision. templates/pynq/addernet.py
// decodes in the same way.
import type { TaskOf } from "../ir/task.ts";
import type { FloatTensor } from "../ir/tensor.ts";

/** Corners in pixels of the input: x to the right, y down. */
export type Corners = readonly [x1: number, y1: number, x2: number, y2: number];

export interface Box {
  /** Index into the task's names. */
  readonly class: number;
  readonly corners: Corners;
}

export interface Detection extends Box {
  /** 0 to 1. */
  readonly score: number;
}

/** Logarithms of sizes beyond these are cut: a box of 1/20 to 20 strides. */
const LARGEST_LOG = 3;

const area = ([x1, y1, x2, y2]: Corners): number => (x2 - x1) * (y2 - y1);

/** Intersection over union of two boxes. */
export function overlapOf(a: Corners, b: Corners): number {
  const w = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]));
  const h = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  return (w * h) / (area(a) + area(b) - w * h);
}

/**
 * The boxes of one image, best first.
 * @param outputs real values [height, width, channels] of the outputs that the task names
 */
export function decodeBoxes(task: TaskOf<"boxes">, outputs: ReadonlyMap<string, FloatTensor>): Detection[] {
  const at = (p: { output: string; channel: number }) => {
    const { data, shape } = outputs.get(p.output)!;
    return (cell: number, k: number): number => data[cell * shape[2]! + p.channel + k]!;
  };
  const [score, center, size] = [at(task.scores), at(task.centers), at(task.sizes)];
  const [height, width] = outputs.get(task.scores.output)!.shape as [number, number, number];
  const [down, right] = task.stride;
  const corners = (cell: number): Corners => {
    const x = right * (center(cell, 0) + (cell % width) + 0.5);
    const y = down * (center(cell, 1) + Math.floor(cell / width) + 0.5);
    const half = (step: number, k: number) =>
      (step * Math.exp(Math.max(-LARGEST_LOG, Math.min(LARGEST_LOG, size(cell, k))))) / 2;
    const [w, h] = [half(right, 0), half(down, 1)];
    return [x - w, y - h, x + w, y + h];
  };
  const found: Detection[] = [];
  for (let c = 0; c < task.names.length; c++) {
    const candidates: Detection[] = [];
    for (let cell = 0; cell < height * width; cell++) {
      const s = 1 / (1 + Math.exp(-score(cell, c)));
      if (s >= task.threshold) candidates.push({ class: c, score: s, corners: corners(cell) });
    }
    candidates.sort((a, b) => b.score - a.score);
    const kept: Detection[] = [];
    for (const box of candidates)
      if (kept.every((k) => !(overlapOf(k.corners, box.corners) > task.overlap))) kept.push(box);
    found.push(...kept);
  }
  return found.sort((a, b) => b.score - a.score);
}

/** Least intersection over union of a right box. */
const RIGHT = 0.5;

/**
 * Which detections of one image are right, in their order: each takes the free true box of its class that it overlaps
 * most, by half at least. Gives the index of that box, or -1.
 */
export function matchBoxes(detections: readonly Detection[], truth: readonly Box[]): number[] {
  const used = new Set<number>();
  return detections.map((d) => {
    let best = -1;
    let most = RIGHT;
    truth.forEach((t, i) => {
      if (t.class !== d.class || used.has(i)) return;
      const o = overlapOf(d.corners, t.corners);
      if (o > most || (o === most && best < 0)) [best, most] = [i, o];
    });
    if (best >= 0) used.add(best);
    return best;
  });
}

/**
 * Average precision at an overlap of half, for each class: the area under the largest precision at each recall or above.
 * Classes that no image holds have NaN. Entry i of both lists belongs to image i.
 */
export function averagePrecisions(
  classes: number,
  detections: readonly (readonly Detection[])[],
  truth: readonly (readonly Box[])[],
): number[] {
  const matches = detections.map((ds, i) => matchBoxes(ds, truth[i]!));
  return Array.from({ length: classes }, (_, c) => {
    const all = truth.reduce((n, boxes) => n + boxes.filter((b) => b.class === c).length, 0);
    const ranked = detections
      .flatMap((ds, i) => ds.map((d, k) => ({ ...d, hit: matches[i]![k]! >= 0 })).filter((d) => d.class === c))
      .sort((a, b) => b.score - a.score);
    let hits = 0;
    const precision = ranked.map((d, n) => {
      if (d.hit) hits++;
      return hits / (n + 1);
    });
    let best = 0;
    let sum = 0;
    for (let n = ranked.length - 1; n >= 0; n--) {
      best = Math.max(best, precision[n]!);
      if (ranked[n]!.hit) sum += best;
    }
    return sum / all;
  });
}

/** Mean of the classes that occur. */
export function meanPrecision(precisions: readonly number[]): number {
  const known = precisions.filter((p) => !Number.isNaN(p));
  return known.reduce((a, b) => a + b, 0) / known.length;
}
