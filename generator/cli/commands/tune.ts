// addernet tune: bits of each layer, mode and calibration method of least logic within a loss of the task's metric.
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { realInput, runBatch, runFloat } from "../../../golden/index.ts";
import { calibrate, integerProbe } from "../../4-quantize/calibrate.ts";
import { quantize } from "../../4-quantize/quantize.ts";
import { DesignSpace } from "../../design.ts";
import { inputError, Report } from "../../diagnostics/diagnostics.ts";
import type { Graph } from "../../ir/graph.ts";
import { defaultQuantize, METHODS, type Method, MODES, type QuantizeOptions } from "../../ir/quantize-options.ts";
import type { QuantizedNetwork } from "../../ir/quantized.ts";
import { TASKS, type TaskKind } from "../../ir/task.ts";
import type { FloatTensor, IntTensor } from "../../ir/tensor.ts";
import { type Assignment, descent, frontier, lastWithin, meanBits, type Tunable } from "../../tune/search.ts";
import { defineCommand, done, type Outcome } from "../command.ts";
import { type Console, unwrap } from "../console.ts";
import { type DesignArgs, requestOf } from "../design.ts";
import { cellSources, readImages, readText } from "../files.ts";
import { openNetwork } from "../network.ts";
import { designOptions, imageFiles, network } from "../options.ts";
import { writeWhole } from "../output.ts";
import { columns } from "../table.ts";
import {
  chosenTask,
  graphOutputs,
  integerOutputs,
  judge,
  type Labels,
  type Outputs,
  outputsOf,
  readTaskLabels,
} from "../task.ts";

interface TuneArgs extends Omit<DesignArgs, "bits"> {
  readonly images: string;
  readonly labels: string;
  readonly task?: TaskKind | undefined;
  readonly loss: number;
  readonly o: string;
}

/** Bits that are tried. */
const BITS = [2, 3, 4, 5, 6, 7, 8];
/** What a network is compared with; its bits are the most. */
const MOST = 8;
/** Images on which the outputs' error is measured, and calibration images that correct its means. */
const ERROR_IMAGES = 32;
const ERROR_CALIBRATION = 16;
/** Without a device there is no fastest design: a rate that all sets are compared at. */
const RATE = 100;
const FAMILY = "xc7";

type Mode = QuantizeOptions["mode"];

/** Real values of the outputs that the task reads, of image i. */
type Reals = (i: number) => ReadonlyMap<string, FloatTensor>;

/** Images with what is true of them. */
interface Part {
  readonly images: readonly IntTensor[];
  readonly labels: Labels;
  /** Of the network in real numbers. */
  readonly float: number;
}

interface Point {
  readonly mode: Mode;
  readonly method: Method;
  readonly bits: Assignment;
  readonly score: number;
  readonly cost: number;
}

/** The layers whose bits are free: those with weights for which the file states none. */
function tunables(graph: Graph): Tunable[] {
  return graph.nodes
    .filter((n) => n.tensors.weights && n.overrides.bits === undefined && !n.kind.startsWith("binary_"))
    .map((n) => ({ name: n.name, bits: BITS }));
}

const withBits = (graph: Graph, bits: Assignment): Graph => ({
  ...graph,
  nodes: graph.nodes.map((n) =>
    bits.has(n.name) ? { ...n, overrides: { ...n.overrides, bits: bits.get(n.name) } } : n,
  ),
});

const split = <T>(list: readonly T[], odd: number): T[] => list.filter((_, i) => i % 2 === odd);
const splitLabels = (l: Labels, odd: number): Labels => ({ ...l, truth: split<unknown>(l.truth, odd) }) as Labels;

class Tuner {
  readonly graph: Graph;
  readonly layers: readonly Tunable[];
  readonly #options: QuantizeOptions;
  readonly #args: TuneArgs;
  readonly #out: Console;
  readonly #calibration: readonly IntTensor[];
  readonly #stats: ReturnType<typeof calibrate>;
  readonly #cells = cellSources();
  readonly #floatErrors: { readonly images: readonly IntTensor[]; readonly reals: Reals };
  readonly search: Part;
  readonly held: Part;

  constructor(path: string, args: TuneArgs, out: Console) {
    this.#args = args;
    this.#out = out;
    const opened = openNetwork(path, out);
    if (!opened.graph)
      throw inputError({
        code: "AN6005",
        message: "the bits of a file of integers are settled",
        expected: "the network file it was made from",
      });
    this.graph = opened.graph;
    this.layers = tunables(this.graph);
    const outputs = graphOutputs(this.graph);
    const task = chosenTask(args.task, outputs);
    const images = readImages(args.images, this.graph.input);
    const labels = readTaskLabels(args.labels, task, outputs, images.length, false);
    if (images.length < 4)
      throw inputError({
        code: "AN6002",
        message: "half of the images are kept from the search",
        expected: "4 images at least; some hundred tell more",
        found: String(images.length),
      });
    const { calibration, method, ...stated } = opened.quantization;
    const named = args.calibration ?? (calibration && resolve(dirname(path), calibration));
    if (!named)
      throw inputError({
        code: "AN4001",
        message: "tuning needs calibration images",
        expected: '--calibration images, or "quantization": { "calibration": ... } in the network file',
      });
    this.#calibration = readImages(named, this.graph.input, args.calibrationCount);
    const given = {
      joinBits: args.joinBits,
      productBits: args.productBits,
      percentile: args.percentile,
      outputBits: args.outputBits,
      multiplierBits: args.multiplierBits,
    };
    const set = Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined));
    const fixed = method && method !== "auto" ? { method } : {};
    this.#options = { ...defaultQuantize, ...stated, ...fixed, ...set, bits: MOST };
    this.#stats = calibrate(this.graph, this.#calibration, (n) =>
      out.progress("calibrating", n, this.#calibration.length),
    );
    const reals = this.#float(images);
    const part = (odd: number): Part => {
      const own = split(images, odd);
      const truth = splitLabels(labels, odd);
      return { images: own, labels: truth, float: this.#score(outputs, own, truth, (i) => reals(2 * i + odd)) };
    };
    this.search = part(0);
    this.held = part(1);
    this.#floatErrors = { images: this.search.images.slice(0, ERROR_IMAGES), reals: (i) => reals(2 * i) };
  }

  #float(images: readonly IntTensor[]): Reals {
    const outputs = outputsOf(chosenTask(this.#args.task, graphOutputs(this.graph)));
    const all = images.map((image, i) => {
      const results = runFloat(this.graph, realInput(this.graph.input, image));
      this.#out.progress("real numbers", i + 1, images.length);
      return new Map(outputs.map((name) => [name, results.get(name)!]));
    });
    return (i) => all[i]!;
  }

  #score(outputs: Outputs, images: readonly IntTensor[], labels: Labels, real: Reals): number {
    const task = chosenTask(this.#args.task, outputs);
    return judge({ task, outputs, input: this.graph.input, images, real, labels }).score!;
  }

  /** The integer network of a set. @param probes calibration images that correct its means */
  integers(bits: Assignment, mode: Mode, method: Method, probes = this.#calibration.length): QuantizedNetwork {
    const report = new Report();
    const images = this.#calibration.slice(0, probes);
    const options = { ...this.#options, mode, method };
    const probe = (edge: string) => integerProbe(images, edge);
    const net = quantize(withBits(this.graph, bits), this.#stats, options, report, probes > 0 ? probe : undefined);
    return unwrap(net ? { ok: true, value: net, diagnostics: [] } : { ok: false, diagnostics: report.list }, this.#out);
  }

  #reals(net: QuantizedNetwork, images: readonly IntTensor[]): Reals {
    const names = outputsOf(chosenTask(this.#args.task, integerOutputs(net)));
    const results = runBatch(net, images, { keep: names });
    return (i) =>
      new Map(
        names.map((name) => {
          const { shape, scale, zeroPoint } = net.edges[name]!;
          return [
            name,
            { shape, data: Float64Array.from(results.get(name)![i]!.data, (q) => scale * (q - zeroPoint)) },
          ];
        }),
      );
  }

  /** Squared distance of the outputs from the real ones, as a share of their variance. */
  error(bits: Assignment, mode: Mode, method: Method): number {
    const net = this.integers(bits, mode, method, ERROR_CALIBRATION);
    const { images, reals } = this.#floatErrors;
    const got = this.#reals(net, images);
    let [off, sum, squares, count] = [0, 0, 0, 0];
    images.forEach((_, i) => {
      const wanted = [...reals(i).values()];
      [...got(i).values()].forEach((t, k) => {
        t.data.forEach((v, n) => {
          const w = wanted[k]!.data[n]!;
          off += (v - w) ** 2;
          sum += w;
          squares += w * w;
          count++;
        });
      });
    });
    return off / Math.max(Number.MIN_VALUE, squares - sum ** 2 / count);
  }

  score(net: QuantizedNetwork, { images, labels }: Part): number {
    return this.#score(integerOutputs(net), images, labels, this.#reals(net, images));
  }

  #design(net: QuantizedNetwork) {
    const request = { ...requestOf({ ...this.#args, target: this.target, fps: this.#args.fps ?? RATE }) };
    return unwrap(new DesignSpace(net, request, this.#cells).best(), this.#out);
  }

  get target(): string {
    return this.#args.target ?? FAMILY;
  }

  /** Look-up tables by the target's model. */
  logic(net: QuantizedNetwork): number {
    const { estimates, target } = this.#design(net);
    return estimates.families[target!.family]!.lut;
  }

  /** The same of each layer, all layers on the same bits. */
  layerLogic(bits: number, mode: Mode): ReadonlyMap<string, number> {
    const net = this.integers(new Map(this.layers.map(({ name }) => [name, bits])), mode, this.#options.method, 0);
    return new Map([...this.#design(net).estimates.layers!].map(([name, cost]) => [name, cost.lut]));
  }
}

/** Bits, mode and method in a copy of the network file; its own relative paths lead to the same files. */
function tunedFile(text: string, from: string, to: string, { bits, mode, method }: Point): string {
  const moved = (path: string): string => {
    if (isAbsolute(path)) return path;
    return relative(dirname(resolve(to)), resolve(dirname(from), path)).replaceAll("\\", "/");
  };
  const file = JSON.parse(text) as {
    weights?: string;
    layers: Record<string, unknown>[];
    quantization?: Record<string, unknown>;
  };
  const { calibration, bits: _, ...rest } = file.quantization ?? {};
  const tensor = (v: unknown): unknown =>
    typeof v === "object" && v !== null && "file" in v && typeof v.file === "string"
      ? { ...v, file: moved(v.file) }
      : v;
  const layers = file.layers.map((layer) => {
    const own = Object.fromEntries(Object.entries(layer).map(([k, v]) => [k, tensor(v)]));
    const chosen = bits.get(String(layer.name));
    return chosen === undefined ? own : { ...own, bits: chosen };
  });
  const named = typeof calibration === "string" ? { calibration: moved(calibration) } : {};
  const tuned = {
    ...file,
    ...(file.weights === undefined ? {} : { weights: moved(file.weights) }),
    quantization: { ...named, ...rest, bits: MOST, mode, method },
    layers,
  };
  // A layer a line, as people write them.
  const lines = layers.map((l) => `    ${JSON.stringify(l)}`).join(",\n");
  const mark = "@layers@";
  return `${JSON.stringify({ ...tuned, layers: mark }, null, 2).replace(`"${mark}"`, () => `[\n${lines}\n  ]`)}\n`;
}

function tune(path: string, args: TuneArgs, out: Console): Outcome {
  const t = new Tuner(path, args, out);
  if (t.layers.length === 0)
    throw inputError({
      code: "AN6006",
      message: "no layer has bits to choose",
      expected: 'layers with weights and without "bits" of their own',
    });
  const least = t.search.float - args.loss;
  const free = {
    modes: args.mode ? [args.mode as Mode] : [...MODES],
    methods: args.method && args.method !== "auto" ? [args.method as Method] : METHODS,
  };
  const most: Assignment = new Map(t.layers.map(({ name }) => [name, MOST]));
  const first = free.modes[0]!;
  const firstMethod = free.methods[0]!;

  const logic = new Map<number, ReadonlyMap<string, number>>();
  BITS.forEach((bits, i) => {
    logic.set(bits, t.layerLogic(bits, first));
    out.progress("logic of each layer", i + 1, BITS.length);
  });
  const errors = new Map<string, number>();
  let measured = 0;
  for (const { name, bits } of t.layers)
    for (const b of bits) {
      errors.set(`${b}/${name}`, b === MOST ? 0 : t.error(new Map([...most, [name, b]]), first, firstMethod));
      out.progress("error of each layer", ++measured, t.layers.length * BITS.length);
    }
  const sets = descent(t.layers, {
    error: (name, b) => errors.get(`${b}/${name}`)!,
    cost: (name, b) => logic.get(b)!.get(name) ?? 0,
  });

  const points: Point[] = [];
  const point = (bits: Assignment, mode: Mode, method: Method): Point => {
    const net = t.integers(bits, mode, method);
    const p = { mode, method, bits, score: t.score(net, t.search), cost: t.logic(net) };
    points.push(p);
    out.progress("sets of bits", points.length, 1 + free.modes.length * (Math.ceil(Math.log2(sets.length)) + 1));
    return p;
  };
  const methods = new Map<Mode, Method>();
  const found: { readonly mode: Mode; readonly index: number }[] = [];
  for (const mode of free.modes) {
    const middle = sets[sets.length >> 1]!;
    const ranked = free.methods
      .map((method) => ({ method, error: free.methods.length === 1 ? 0 : t.error(middle, mode, method) }))
      .sort((a, b) => a.error - b.error);
    methods.set(mode, ranked[0]!.method);
    const index = lastWithin(sets.length, least, (i) => point(sets[i]!, mode, ranked[0]!.method).score);
    found.push({ mode, index });
  }
  // Of every mode the cheapest set that also keeps the loss on images that chose nothing.
  const held: (Point & { readonly heldOut: number })[] = [];
  for (const { mode, index } of found)
    for (let i = index; i >= 0; i--) {
      const bits = sets[i]!;
      const method = methods.get(mode)!;
      const known = points.find((p) => p.mode === mode && p.bits === bits) ?? point(bits, mode, method);
      const heldOut = t.score(t.integers(bits, mode, method), t.held);
      if (known.score < least) continue;
      held.push({ ...known, heldOut });
      if (heldOut >= t.held.float - args.loss) break;
    }
  const kept = held.filter((p) => p.heldOut >= t.held.float - args.loss).sort((a, b) => a.cost - b.cost);
  const mixed = kept[0];
  const same = [8, 6, 4, 3].map((b) => ({
    bits: b,
    point: point(new Map(t.layers.map(({ name }) => [name, b])), mixed?.mode ?? first, mixed?.method ?? firstMethod),
  }));
  const chosen = mixed ?? { ...same[0]!.point, heldOut: t.score(t.integers(most, first, firstMethod), t.held) };

  const scoreWord = (v: number) => v.toFixed(2);
  const row = (p: Point, what: string): string[] => [
    what,
    p.mode,
    p.method,
    meanBits(p.bits).toFixed(2),
    String(p.cost),
    scoreWord(p.score),
  ];
  const edge = frontier(points);
  const header = ["", "mode", "method", "mean bits", `logic (${t.target})`, "score"];
  for (const l of columns([
    header,
    ...same.map(({ bits, point: p }) => row(p, `all ${bits} bits`)),
    ...edge.map((p) => row(p, p.bits === chosen.bits && p.mode === chosen.mode ? "chosen" : "frontier")),
  ]))
    out.line(l);
  out.line();
  out.line(
    `real numbers: ${scoreWord(t.search.float)} on ${t.search.images.length} images of the search, ${scoreWord(t.held.float)} on ${t.held.images.length} others`,
  );
  if (!mixed) out.note(`no set of bits is within ${args.loss} of real numbers: all layers keep ${MOST} bits`);
  out.line(
    `chosen: mode ${chosen.mode}, method ${chosen.method}, ${meanBits(chosen.bits).toFixed(2)} bits on average; ${scoreWord(chosen.score)} in the search, ${scoreWord(chosen.heldOut)} on the others; ${chosen.cost} of logic, all at 4 bits ${same[2]!.point.cost}`,
  );
  for (const l of columns([["layer", "bits"], ...[...chosen.bits].map(([name, b]) => [name, String(b)])])) out.line(l);
  writeWhole(args.o, tunedFile(readText(path), path, args.o, chosen));
  out.line(`wrote ${args.o}`);
  const data = (p: Point) => ({ ...p, bits: Object.fromEntries(p.bits), meanBits: meanBits(p.bits) });
  return done({
    file: args.o,
    float: { search: t.search.float, heldOut: t.held.float },
    within: mixed !== undefined,
    chosen: { ...data(chosen), heldOut: chosen.heldOut },
    frontier: edge.map(data),
    uniform: same.map(({ bits, point: p }) => ({ allBits: bits, ...data(p) })),
  });
}

const { bits: _bits, pe: _pe, simd: _simd, pixels: _pixels, unroll: _unroll, logits: _logits, ...kept } = designOptions;

export const command = defineCommand({
  positionals: { network },
  options: {
    ...kept,
    target: {
      ...designOptions.target,
      describe: "board or device family whose model counts the logic; xc7 where left out",
    },
    fps: { ...designOptions.fps, describe: `frames a second that every set is folded for; ${RATE} where left out` },
    images: {
      describe: `images: ${imageFiles}; every second one is kept from the search`,
      type: "string",
      demandOption: true,
    },
    labels: { describe: "what is true of the images, as infer takes it", type: "string", demandOption: true },
    task: { describe: "what the outputs are for; left out, what the network file says, or classes", choices: TASKS },
    loss: {
      describe: "what the score may be below that of real numbers: percent of accuracy, IoU or mAP50, decibels of PSNR",
      type: "number",
      default: 0.5,
    },
    o: { alias: "output", describe: "network file to write", type: "string", demandOption: true },
  },
  run: (args, out) => tune(args.network, args, out),
});
