// What a network's numbers look like on images: histograms, errors against the float reference, accuracy.
import { classOf } from "../../golden/class.ts";
import { realInput, runFloat } from "../../golden/float/run.ts";
import type { Graph } from "../ir/graph.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { IntTensor } from "../ir/tensor.ts";
import { codedBits, entropyOf, histogramOf } from "../weights/code.ts";
import { answers, type Compute } from "./answers.ts";
import type { AccuracyReport, EdgeNumbers, Histogram, NumbersReport, Picture, WeightNumbers } from "./data.ts";

export type { Compute } from "./answers.ts";

export interface NumbersInput {
  readonly net: QuantizedNetwork;
  /** Absent for a file of integers: no float reference. */
  readonly graph: Graph | undefined;
  readonly images: readonly IntTensor[];
  readonly labels: readonly number[] | undefined;
  readonly compute: Compute;
  /** Images that histograms and errors are of; the first ones. */
  readonly sample?: number | undefined;
  /** Accuracy of the network with other bits, made by the caller; see `accuracyOf`. */
  readonly byBits?: readonly { readonly bits: number; readonly accuracy: number }[];
  readonly onProgress?: ((what: string, done: number, total: number) => void) | undefined;
}

const SAMPLE = 16;
const BINS = 64;
/** Integers of a range that nobody fills: sums that leave the network. */
const WIDE = 2 ** 17;
/** Pictures of images with a wrong class, and of results that are maps. */
const SHOWN = 24;
const MAPS = 6;
/** Images that are in memory with all their tensors. */
const CHUNK = 8;

/** Counts of integers, in at most BINS bins: over the whole range, or over what came where the range is a wide one. */
class Counter {
  readonly #range: readonly [min: number, max: number];
  readonly #counts = new Map<number, number>();

  constructor(min: number, max: number) {
    this.#range = [min, max];
  }

  add(values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++) this.#counts.set(values[i]!, (this.#counts.get(values[i]!) ?? 0) + 1);
  }

  done(): Histogram {
    const wide = this.#range[1] - this.#range[0] >= WIDE;
    const came = [...this.#counts.keys()];
    const [min, max] = wide && came.length > 0 ? [smallest(came), largest(came)] : this.#range;
    const width = Math.max(1, Math.ceil((max - min + 1) / BINS));
    const counts = new Array<number>(Math.ceil((max - min + 1) / width)).fill(0);
    for (const [v, n] of this.#counts) counts[Math.floor((v - min) / width)]! += n;
    return { from: min, width, counts };
  }
}

const smallest = (v: readonly number[]): number => v.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const largest = (v: readonly number[]): number => v.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

interface Sums {
  max: number;
  total: number;
  squares: number;
  signal: number;
  clipped: number;
  count: number;
}

/** Share of the images whose class is their label. */
export const accuracyOf = (classes: readonly number[], labels: readonly number[]): number =>
  classes.filter((c, i) => c === labels[i]).length / Math.max(1, classes.length);

/** Classes of images, in integers. */
export const classesOf = (net: QuantizedNetwork, images: readonly IntTensor[], compute: Compute): number[] =>
  (compute(net, images, [net.outputs.at(-1)!]).get(net.outputs.at(-1)!) ?? []).map(classOf);

/** An image as 8-bit samples, from its own smallest to its largest value; undefined for what is no picture. */
function pictureOf(image: IntTensor, storage: string): Picture | null {
  const [height, width, channels] = image.shape;
  if (height < 2 || width < 2) return null;
  const shown = channels === 3 ? 3 : 1;
  const picked: number[] = [];
  for (let p = 0; p < height * width; p++) for (let c = 0; c < shown; c++) picked.push(image.data[p * channels + c]!);
  const full = storage === "uint8";
  const low = full ? 0 : smallest(picked);
  const high = full ? 255 : largest(picked);
  const samples = picked.map((v) => Math.round((255 * (v - low)) / Math.max(1, high - low)));
  return { width, height, channels: shown, samples };
}

/** A map as a picture: the class of each pixel in equal steps of grey, or the values of its only channel. */
function mapPicture(map: IntTensor): Picture | null {
  const [height, width, channels] = map.shape;
  if (height * width < 2 || height < 2 || width < 2) return null;
  const values = Array.from({ length: height * width }, (_, p) =>
    channels === 1 ? map.data[p]! : classOf({ data: map.data.slice(p * channels, (p + 1) * channels) }),
  );
  const low = channels === 1 ? smallest(values) : 0;
  const high = channels === 1 ? largest(values) : channels - 1;
  const samples = values.map((v) => Math.round((255 * (v - low)) / Math.max(1, high - low)));
  return { width, height, channels: 1, samples };
}

/** Histogram of every edge and its error against the float reference, over the first images. */
function edgesOf({ net, graph, images, compute, onProgress }: NumbersInput, count: number): EdgeNumbers[] {
  const names = Object.keys(net.edges);
  const counters = new Map(names.map((e) => [e, new Counter(net.edges[e]!.range.min, net.edges[e]!.range.max)]));
  const sums = new Map<string, Sums>();
  const indices = new Set(net.nodes.flatMap((n) => (n.op === "argmax" ? [n.output] : [])));
  const reals = new Set(graph ? [graph.input.name, ...graph.nodes.map((n) => n.name)] : []);
  for (let from = 0; from < count; from += CHUNK) {
    const some = images.slice(from, Math.min(count, from + CHUNK));
    const integers = compute(net, some, names);
    for (const [e, counter] of counters) for (const t of integers.get(e)!) counter.add(t.data);
    some.forEach((image, i) => {
      if (graph) {
        const real = runFloat(graph, realInput(graph.input, image));
        for (const e of names) {
          // A class is no approximation of anything, and the stored input is exact by definition.
          if (indices.has(e) || e === net.inputEdge || !reals.has(e)) continue;
          const { scale, zeroPoint, range } = net.edges[e]!;
          const s = sums.get(e) ?? { max: 0, total: 0, squares: 0, signal: 0, clipped: 0, count: 0 };
          sums.set(e, s);
          const [q, f] = [integers.get(e)![i]!.data, real.get(e)!.data];
          const [low, high] = [scale * (range.min - zeroPoint - 0.5), scale * (range.max - zeroPoint + 0.5)];
          for (let k = 0; k < f.length; k++) {
            const off = Math.abs(scale * (q[k]! - zeroPoint) - f[k]!);
            s.max = Math.max(s.max, off);
            s.total += off;
            s.squares += off * off;
            s.signal += f[k]! * f[k]!;
            if (f[k]! < low || f[k]! > high) s.clipped++;
          }
          s.count += f.length;
        }
      }
      onProgress?.("numbers", from + i + 1, count);
    });
  }
  return names.map((edge): EdgeNumbers => {
    const s = sums.get(edge);
    const sqnr = s && s.squares > 0 && s.signal > 0 ? 10 * Math.log10(s.signal / s.squares) : null;
    return {
      edge,
      histogram: counters.get(edge)!.done(),
      clipped: s ? s.clipped / s.count : null,
      error: s ? { max: s.max, mean: s.total / s.count, sqnr } : null,
    };
  });
}

function weightsOf(net: QuantizedNetwork): WeightNumbers[] {
  return net.nodes.flatMap((n) => {
    if (!("weights" in n)) return [];
    const { rows, bits, signed } = n.weights;
    const [min, max] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
    const counter = new Counter(min, max);
    let [ends, all] = [0, 0];
    for (const row of rows) {
      counter.add(row);
      all += row.length;
      for (const w of row) if (w === min || w === max) ends++;
    }
    const counts = histogramOf(rows, bits);
    const [coded, entropy] = [codedBits(counts, bits) / all, entropyOf(counts)];
    return [{ layer: n.name, bits, histogram: counter.done(), atEnds: ends / all, coded, entropy }];
  });
}

/** The shape of one class an image: a vector of values, or the class itself. */
const isClassifier = (net: QuantizedNetwork): boolean => {
  const [h, w] = net.edges[net.outputs.at(-1)!]!.shape;
  return h === 1 && w === 1;
};

function accuracyReport(input: NumbersInput, labels: readonly number[]): AccuracyReport {
  const { net, graph, images, compute, onProgress } = input;
  const found = classesOf(net, images, compute);
  const float = graph
    ? images.map((image, i) => {
        onProgress?.("float reference", i + 1, images.length);
        return classOf(runFloat(graph, realInput(graph.input, image)).get(graph.outputs.at(-1)!)!);
      })
    : undefined;
  const classes = largest([...labels, ...found]) + 1;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const [i, c] of found.entries()) confusion[labels[i]!]![c]!++;
  const wrong = found.flatMap((c, i) => (c === labels[i] ? [] : [{ image: i, label: labels[i]!, found: c }]));
  return {
    images: images.length,
    integer: accuracyOf(found, labels),
    float: float ? accuracyOf(float, labels) : null,
    byBits: input.byBits ?? [],
    confusion,
    wrong: wrong.slice(0, SHOWN).map((w) => ({ ...w, picture: pictureOf(images[w.image]!, net.input.storage) })),
    wrongCount: wrong.length,
  };
}

export function numbersReport(input: NumbersInput): NumbersReport {
  const { net, images, labels, compute } = input;
  const count = Math.min(images.length, input.sample ?? SAMPLE);
  const shown = images.slice(0, MAPS);
  const last = net.outputs[0]!;
  const seen = answers(net, shown, compute);
  const maps =
    seen.length > 0 || isClassifier(net)
      ? seen
      : (compute(net, shown, [last]).get(last) ?? []).flatMap((t, image) => {
          const output = mapPicture(t);
          return output ? [{ image, input: pictureOf(images[image]!, net.input.storage), output }] : [];
        });
  return {
    images: count,
    edges: edgesOf(input, count),
    weights: weightsOf(net),
    accuracy: labels && isClassifier(net) ? accuracyReport(input, labels) : null,
    maps,
  };
}
