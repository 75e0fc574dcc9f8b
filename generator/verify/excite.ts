// Frames for the stand-alone test bench of a build: those in which a flipped bit of a memory shows.
import { mac, requant, sad, union } from "../../golden/arith/index.ts";
import { createRunner } from "../../golden/fast/runner.ts";
import { accName, edgeOf } from "../../golden/run.ts";
import { Rand } from "../../testbench/lib/rand.ts";
import type { OnProgress } from "../ir/progress.ts";
import type { MacNode, QuantizedNetwork, QuantizedNode, Requant, SadNode } from "../ir/quantized.ts";
import type { IntRange, IntTensor } from "../ir/tensor.ts";

/** A frame that the bench may take, and what it is. */
interface Candidate {
  readonly name: string;
  readonly image: IntTensor;
}

export interface Excited {
  readonly images: readonly IntTensor[];
  /** What each image is: `image N` of those given (from 0), or the name of a made one. */
  readonly names: readonly string[];
  /** Bits of weights, constants and tables; undefined where the network is too large to look at them. */
  readonly bits:
    | {
        readonly all: number;
        /** Those whose flip changes a value between two layers in one of the images. */
        readonly shown: number;
        /** Those whose flip changes no value that any allowed input brings about. */
        readonly silent: readonly string[];
        /** The rest. */
        readonly unseen: readonly string[];
      }
    | undefined;
}

/** Frames of the stand-alone test bench. */
export const BENCH_FRAMES = 2;
/** Of the images given the first few are looked at. */
export const BENCH_CANDIDATES = 8;
/** Taps computed at most to choose: a few seconds. */
const WORK = 1e9;
/** Sums of a channel that are looked at in one frame. */
const SUMS = 1024;
/** Sums that a proof of silence goes through at most, for one bit and for all. */
const PROOF = { one: 2 ** 16, all: 2 ** 25 } as const;

/** Frames at the edges of what is allowed, and noise: what calibration images leave out. */
function made(shape: IntTensor["shape"], { min, max }: IntRange): Candidate[] {
  const [, width, channels] = shape;
  const length = shape[0] * width * channels;
  const image = (name: string, value: (i: number) => number): Candidate => ({
    name,
    image: { shape, data: Int32Array.from({ length }, (_, i) => value(i)) },
  });
  const noise = [1, 2, 3].map((seed) => new Rand(seed));
  const extremes = [4, 5].map((seed) => new Rand(seed));
  const pixel = (i: number) => Math.floor(i / channels);
  return [
    ...noise.map((r, k) => image(`noise ${k + 1}`, () => r.int(min, max))),
    ...extremes.map((r, k) => image(`noise of extremes ${k + 1}`, () => (r.int(0, 1) ? max : min))),
    image("smallest values", () => min),
    image("largest values", () => max),
    image("ramp", (i) => min + Math.round(((max - min) * i) / Math.max(1, length - 1))),
    image("chessboard", (i) => ((Math.floor(pixel(i) / width) + pixel(i)) % 2 ? max : min)),
    image("one bright value", (i) => (i === length >> 1 ? max : min)),
    image("one dark value", (i) => (i === length >> 1 ? min : max)),
  ];
}

/** Taps of a frame, and what its values cost beside them. */
const workOf = (net: QuantizedNetwork): number =>
  net.nodes.reduce((sum, node) => {
    const [h, w, c] = edgeOf(net, node.output).shape;
    const row = "weights" in node ? node.weights.rows[0]!.length : 0;
    return sum + h * w * c * (row + 64);
  }, 0);

/** The bits of one node's memories, numbered. */
interface Part {
  readonly bits: number;
  readonly name: (bit: number) => string;
  /** Takes in a frame; afterwards `unseen` knows which bits it does not show. */
  readonly look: (tensor: (name: string) => IntTensor) => void;
  /** Of the frames looked at the bits that each does not show, ascending. */
  readonly unseen: () => number[][];
  /** Whether no allowed input shows the bit. */
  readonly silent: (bit: number) => boolean;
}

const flipped = (v: number, bit: number, width: number): number =>
  Number(BigInt.asIntN(width, BigInt(v) ^ (1n << BigInt(bit))));

/**
 * A flip of a weight shows where some window has a value of which it changes the term: |x - w| changes but halfway
 * between both weights, x*w but for 0. A tap that takes two values shows all flips.
 */
function weightBits(net: QuantizedNetwork, node: SadNode | MacNode): Part {
  const { rows, bits } = node.weights;
  const { kernel, stride, dilation, padding, groups } = node.window;
  const length = rows[0]!.length;
  const edge = edgeOf(net, node.inputs[0]!);
  const [height, width, channels] = edge.shape;
  const [oh, ow] = edgeOf(net, node.output).shape;
  const depth = channels / groups;
  const outputs = rows.length / groups;
  const frames: number[][] = [];
  const flips = (o: number, k: number, v: number): number[] => {
    const w = rows[o]![k]!;
    const hidden: number[] = [];
    for (let b = 0; b < bits; b++) {
      const other = node.weights.signed ? flipped(w, b, bits) : w ^ (1 << b);
      if (node.op === "mac" ? v === 0 : 2 * v === w + other) hidden.push((o * length + k) * bits + b);
    }
    return hidden;
  };
  return {
    bits: rows.length * length * bits,
    name: (i) => {
      const at = Math.floor(i / bits);
      return `weight ${at % length} of output ${Math.floor(at / length)}, bit ${i % bits}`;
    },
    look(tensor) {
      const { data } = tensor(node.inputs[0]!);
      const hidden: number[] = [];
      for (let ky = 0; ky < kernel[0]; ky++)
        for (let kx = 0; kx < kernel[1]; kx++) {
          const same = new Array<number>(channels).fill(Number.NaN);
          const varies = new Uint8Array(channels);
          let left = channels;
          for (let oy = 0; oy < oh && left > 0; oy++)
            for (let ox = 0; ox < ow; ox++) {
              const y = oy * stride[0] - padding[0] + ky * dilation[0];
              const x = ox * stride[1] - padding[1] + kx * dilation[1];
              const inside = y >= 0 && y < height && x >= 0 && x < width;
              for (let c = 0; c < channels; c++) {
                if (varies[c]) continue;
                const v = inside ? data[(y * width + x) * channels + c]! : edge.zeroPoint;
                if (Number.isNaN(same[c]!)) same[c] = v;
                else if (same[c] !== v) {
                  varies[c] = 1;
                  left--;
                }
              }
            }
          for (let c = 0; c < channels; c++) {
            if (varies[c]) continue;
            const group = Math.floor(c / depth);
            const k = (ky * kernel[1] + kx) * depth + (c % depth);
            for (let o = group * outputs; o < (group + 1) * outputs; o++)
              for (const bit of flips(o, k, same[c]!)) hidden.push(bit);
          }
        }
      frames.push(hidden.sort((a, b) => a - b));
    },
    unseen: () => frames,
    silent: () => false,
  };
}

/** A flip of a requantize constant shows where it changes the result of a sum that occurs in its channel. */
function constantBits(net: QuantizedNetwork, node: QuantizedNode & { readonly requant: Requant }, proof: Budget): Part {
  const q = node.requant;
  const entries = q.multiplier.length;
  const from = "accRange" in node ? accName(node) : node.inputs[0]!;
  const range: IntRange = "accRange" in node ? node.accRange : edgeOf(net, from).range;
  const { multiplier, bias } = requant.widths(q, range);
  // The other modes keep exponents, of which a flip multiplies by a power of two.
  const exponents = q.mode !== "full";
  const perEntry = (exponents ? 3 : multiplier) + bias;
  const pairs = q.negative ? 2 : 1;
  const channels = edgeOf(net, node.output).shape[2];
  const classes = "classes" in node ? node.classes : undefined;
  const place = (i: number) => ({
    bit: i % perEntry,
    pair: Math.floor(i / perEntry) % pairs,
    entry: Math.floor(i / perEntry / pairs),
  });
  const isBias = (bit: number) => bit >= perEntry - bias;
  /** The step of one entry, with a flipped bit or without. */
  const step = (entry: number, flip?: { readonly bit: number; readonly pair: number }): ((acc: number) => number) => {
    const own = (p: { multiplier: readonly number[]; bias: readonly number[] }, pair: number) => {
      let [m, b] = [p.multiplier[entry]!, p.bias[entry]!];
      if (flip?.pair === pair) {
        if (isBias(flip.bit)) b = flipped(b, flip.bit - (perEntry - bias), bias);
        else if (exponents) m = [2 * m, 4 * m, -m][flip.bit]!;
        else m = flipped(m, flip.bit, multiplier);
      }
      return { multiplier: [m], bias: [b] };
    };
    const one: Requant = {
      ...{ ...q, ...own(q, 0) },
      ...(q.negative ? { negative: { ...q.negative, ...own(q.negative, 1) } } : {}),
    };
    const f = requant.prepare(one, range);
    return (acc) => f(acc, 0);
  };
  // By entry, by frame: sums that occur.
  const sums: number[][][] = Array.from({ length: entries }, () => []);
  const exactRange = (entry: number): IntRange => {
    if (!("weights" in node)) return range;
    const edge = edgeOf(net, node.inputs[0]!);
    const x = union(edge.range, { min: edge.zeroPoint, max: edge.zeroPoint });
    return (node.op === "sad" ? sad : mac).range(x, node.weights.rows[entry]!);
  };
  return {
    bits: entries * pairs * perEntry,
    name(i) {
      const { bit, pair, entry } = place(i);
      const what = isBias(bit) ? `bias, bit ${bit - (perEntry - bias)}` : `multiplier, bit ${bit}`;
      return `${pair ? "second " : ""}${what} of ${classes ? "constants" : "channel"} ${entry}`;
    },
    look(tensor) {
      const { data } = tensor(from);
      const found = Array.from({ length: entries }, () => new Set<number>());
      for (let i = 0; i < data.length; i++) {
        const c = i % channels;
        const set = found[classes ? classes[(i - c) / channels]! * channels + c : c]!;
        if (set.size < SUMS) set.add(data[i]!);
      }
      found.forEach((set, e) => {
        sums[e]!.push([...set]);
      });
    },
    unseen() {
      const frames: number[][] = sums[0]!.map(() => []);
      sums.forEach((ofFrame, entry) => {
        const right = step(entry);
        const results = ofFrame.map((list) => list.map(right));
        for (let i = entry * pairs * perEntry; i < (entry + 1) * pairs * perEntry; i++) {
          const wrong = step(entry, place(i));
          ofFrame.forEach((list, f) => {
            if (list.every((acc, n) => wrong(acc) === results[f]![n])) frames[f]!.push(i);
          });
        }
      });
      return frames;
    },
    silent(i) {
      const { entry } = place(i);
      const { min, max } = exactRange(entry);
      if (max - min >= PROOF.one || proof.left < max - min) return false;
      proof.left -= max - min;
      const [right, wrong] = [step(entry), step(entry, place(i))];
      for (let acc = min; acc <= max; acc++) if (right(acc) !== wrong(acc)) return false;
      return true;
    },
  };
}

/** A flip of a table's bit shows where its entry is read. */
function tableBits(net: QuantizedNetwork, node: Extract<QuantizedNode, { op: "table" }>): Part {
  const { bits } = edgeOf(net, node.output);
  const { range } = edgeOf(net, node.inputs[0]!);
  const frames: number[][] = [];
  return {
    bits: node.table.length * bits,
    name: (i) => `entry ${Math.floor(i / bits)}, bit ${i % bits}`,
    look(tensor) {
      const read = new Set(tensor(node.inputs[0]!).data);
      const hidden: number[] = [];
      for (let i = 0; i < node.table.length * bits; i++) if (!read.has(Math.floor(i / bits))) hidden.push(i);
      frames.push(hidden);
    },
    unseen: () => frames,
    silent: (i) => Math.floor(i / bits) < range.min || Math.floor(i / bits) > range.max,
  };
}

interface Budget {
  left: number;
}

const partsOf = (net: QuantizedNetwork, proof: Budget): { readonly node: string; readonly part: Part }[] =>
  net.nodes.flatMap((node) => {
    const parts: Part[] = [];
    if ("weights" in node) parts.push(weightBits(net, node));
    if ("requant" in node) parts.push(constantBits(net, node, proof));
    if (node.op === "table") parts.push(tableBits(net, node));
    return parts.map((part) => ({ node: node.name, part }));
  });

const common = (a: readonly number[], b: ReadonlySet<number>): number[] => a.filter((i) => b.has(i));

/**
 * `count` frames out of those given (stored integers, HWC; the first few) and made ones: one after the other the frame
 * that shows most of the flipped bits that those before it hide. A bit shows where the golden model says that its flip
 * changes a sum or a result of its own layer, which the bench compares. Deterministic; where a frame is too much work to
 * look at several, the first ones given.
 */
export function excitingImages(
  net: QuantizedNetwork,
  given: readonly IntTensor[],
  count: number,
  onProgress?: OnProgress,
): Excited {
  const input = edgeOf(net, net.inputEdge);
  const asked = given.slice(0, BENCH_CANDIDATES).map((image, i): Candidate => ({ name: `image ${i}`, image }));
  const all = [...asked, ...made(input.shape, input.range)].slice(0, Math.floor(WORK / workOf(net)));
  if (all.length <= count) {
    const first = asked.slice(0, count);
    return { images: first.map((c) => c.image), names: first.map((c) => c.name), bits: undefined };
  }
  const proof = { left: PROOF.all as number };
  const parts = partsOf(net, proof);
  const runner = createRunner(net, "all");
  for (const [i, { image }] of all.entries()) {
    onProgress?.("choosing frames of the test bench", i, all.length);
    runner.run(image);
    for (const { part } of parts) part.look((name) => runner.tensor(name));
  }
  // Numbers over all parts, in one list a frame.
  const hidden: number[][] = all.map(() => []);
  const starts: number[] = [];
  let total = 0;
  for (const { part } of parts) {
    starts.push(total);
    part.unseen().forEach((list, f) => {
      for (const i of list) hidden[f]!.push(total + i);
    });
    total += part.bits;
  }
  const chosen: number[] = [];
  let left: number[] | undefined;
  while (chosen.length < count) {
    const known: ReadonlySet<number> | undefined = left && new Set(left);
    let best: { readonly f: number; readonly left: number[] } | undefined;
    for (const [f, list] of hidden.entries()) {
      if (chosen.includes(f)) continue;
      const still: number[] = known ? common(list, known) : list;
      if (!best || still.length < best.left.length) best = { f, left: still };
    }
    chosen.push(best!.f);
    left = best!.left;
  }
  const everywhere = hidden.reduce((a, b) => common(a, new Set(b)));
  const nowhere = new Set(everywhere);
  const [silent, unseen]: [string[], string[]] = [[], []];
  for (const i of left!) {
    const at = starts.findLastIndex((s) => s <= i);
    const { node, part } = parts[at]!;
    const own = i - starts[at]!;
    (nowhere.has(i) && part.silent(own) ? silent : unseen).push(`${node}: ${part.name(own)}`);
  }
  chosen.sort((a, b) => a - b);
  return {
    images: chosen.map((f) => all[f]!.image),
    names: chosen.map((f) => all[f]!.name),
    bits: { all: total, shown: total - left!.length, silent, unseen },
  };
}

/** Lines of the list of bits: of a network with many, the first ones. */
const LISTED = 2000;

/** What the folder says about its bench's frames. */
export function aboutFrames({ names, bits }: Excited): string {
  const list = (title: string, all: readonly string[]): string[] =>
    all.length === 0
      ? []
      : ["", title, ...all.slice(0, LISTED), ...(all.length > LISTED ? [`... and ${all.length - LISTED} more`] : [])];
  return `${[
    `Frames of the test bench: ${names.join("; ")}.`,
    ...(bits
      ? [
          `Of ${bits.all} bits of weights, requantize constants and tables, ${bits.shown} change a value between two layers when`,
          `they are flipped, and the bench fails; ${bits.silent.length} change none whatever the input; ${bits.unseen.length} may, with other frames.`,
          ...list("Change nothing:", bits.silent),
          ...list("Not shown by these frames:", bits.unseen),
        ]
      : ["Which bits of weights and constants they show was too much to compute."]),
  ].join("\n")}\n`;
}
