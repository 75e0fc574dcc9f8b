// What addernet tune measures of a set of bits. All that a measure follows from is data in one object, so that it may be
// taken in any process, and gives the same there.
import { z } from "zod";
import type { JobFolder, Json } from "../../farm/index.ts";
import { runBatch } from "../../golden/index.ts";
import { integerProbe, meansOn } from "../4-quantize/calibrate.ts";
import { quantize } from "../4-quantize/quantize.ts";
import type { LayerStats } from "../4-quantize/scale.ts";
import { DesignSpace } from "../design.ts";
import { type Diagnostic, InputError, Report } from "../diagnostics/diagnostics.ts";
import type { Graph } from "../ir/graph.ts";
import { METHODS, type Method, MODES, type QuantizeOptions } from "../ir/quantize-options.ts";
import type { QuantizedNetwork } from "../ir/quantized.ts";
import type { TaskKind } from "../ir/task.ts";
import type { FloatTensor, IntTensor } from "../ir/tensor.ts";
import { type Assignment, alike, byLayer, type Tunable } from "../tune/search.ts";
import { type Console, silentConsole, unwrap } from "./console.ts";
import { type DesignArgs, requestOf } from "./design.ts";
import { cellSources } from "./files.ts";
import { readData, writeData } from "./plain-data.ts";
import { chosenTask, integerOutputs, judge, type Labels, type Outputs, outputsOf } from "./task.ts";

export type Mode = QuantizeOptions["mode"];

/** Real values of the outputs that the task reads, of each image. */
export type Reals = readonly ReadonlyMap<string, FloatTensor>[];

/** Images with what is true of them. */
export interface Part {
  readonly images: readonly IntTensor[];
  readonly labels: Labels;
  /** Score of the network in real numbers. */
  readonly float: number;
}

/** All that measures follow from. */
export interface Basis {
  readonly graph: Graph;
  /** What has bits that are free. */
  readonly tunables: readonly Tunable[];
  readonly options: QuantizeOptions;
  readonly calibration: readonly IntTensor[];
  readonly stats: ReadonlyMap<string, LayerStats>;
  readonly task: TaskKind | undefined;
  /** What the error of the outputs is measured on. */
  readonly errors: { readonly images: readonly IntTensor[]; readonly reals: Reals };
  readonly search: Part;
  /** Decides which of the sets that the search found is taken. */
  readonly held: Part;
  /** Decides nothing: tells how good the chosen set is. */
  readonly test: Part;
  /** How designs are made: board or family, rate, clock and the like. */
  readonly design: DesignArgs & { readonly target: string };
}

/** Names are the network file's: pairs, so that no name means anything to an object. */
const set = { bits: z.array(z.tuple([z.string(), z.int()])), mode: z.enum(MODES), method: z.enum(METHODS) };
const questionSchema = z.discriminatedUnion("measure", [
  /** Look-up tables of each tunable, all on the same bits as far as they may: pairs of name and number. */
  z.strictObject({ measure: z.literal("logic"), bits: z.int(), mode: z.enum(MODES) }),
  /** Squared distance of the outputs from the real ones, as a share of their variance. */
  z.strictObject({ measure: z.literal("error"), ...set }),
  /** Score on the images of the search, and look-up tables. */
  z.strictObject({ measure: z.literal("point"), ...set }),
  /** Score on the images that are kept from the search, and on those that are kept from every choice. */
  z.strictObject({ measure: z.literal("held"), ...set }),
  z.strictObject({ measure: z.literal("test"), ...set }),
]);
export type Question = Readonly<z.output<typeof questionSchema>>;

export interface Answers {
  readonly logic: ReadonlyMap<string, number>;
  readonly error: number;
  readonly point: { readonly score: number; readonly cost: number };
  readonly held: number;
  readonly test: number;
}
type Answer = Answers[keyof Answers];

/** Calibration images that correct an error's means. */
const ERROR_CALIBRATION = 12;

const withBits = (graph: Graph, bits: ReadonlyMap<string, number>): Graph => ({
  ...graph,
  nodes: graph.nodes.map((n) =>
    bits.has(n.name) ? { ...n, overrides: { ...n.overrides, bits: bits.get(n.name) } } : n,
  ),
});

/** The task's metric of answers to images. */
export function scoreOf(
  b: Pick<Basis, "graph" | "task">,
  outputs: Outputs,
  { images, labels }: Omit<Part, "float">,
  reals: Reals,
): number {
  const task = chosenTask(b.task, outputs);
  return judge({ task, outputs, input: b.graph.input, images, real: (i) => reals[i]!, labels }).score!;
}

/** Takes the measures of one basis. */
export class Measurer {
  readonly #b: Basis;
  readonly #out: Console;
  readonly #cells = cellSources();
  /** Statistics with the means of the images that correct an error's. */
  readonly #fewStats: Basis["stats"];

  constructor(basis: Basis, out: Console) {
    this.#b = basis;
    this.#out = out;
    this.#fewStats = meansOn(basis.graph, basis.stats, basis.calibration, ERROR_CALIBRATION);
  }

  /** Throws an InputError where a set gives no network or no design. */
  take(q: Question): Answer {
    if (q.measure === "logic") return this.#layerLogic(q.bits, q.mode);
    const bits = new Map(q.bits);
    if (q.measure === "error") return this.#error(bits, q.mode, q.method);
    const net = this.#integers(bits, q.mode, q.method);
    if (q.measure === "held" || q.measure === "test") return this.#score(net, this.#b[q.measure]);
    return { score: this.#score(net, this.#b.search), cost: this.#logic(net) };
  }

  /** The integer network of a set. @param probes calibration images that correct its means */
  #integers(bits: Assignment, mode: Mode, method: Method, probes = this.#b.calibration.length): QuantizedNetwork {
    const { graph, calibration, tunables, options } = this.#b;
    const stats = probes === ERROR_CALIBRATION ? this.#fewStats : this.#b.stats;
    const report = new Report();
    const images = calibration.slice(0, probes);
    const probe = (edge: string) => integerProbe(images, edge);
    const how = { ...options, mode, method };
    const net = quantize(withBits(graph, byLayer(tunables, bits)), stats, how, report, probes > 0 ? probe : undefined);
    return unwrap(net ? { ok: true, value: net, diagnostics: [] } : { ok: false, diagnostics: report.list }, this.#out);
  }

  #reals(net: QuantizedNetwork, images: readonly IntTensor[]): Reals {
    const names = outputsOf(chosenTask(this.#b.task, integerOutputs(net)));
    const results = runBatch(net, images, { keep: names });
    return images.map(
      (_, i) =>
        new Map(
          names.map((name) => {
            const { shape, scale, zeroPoint } = net.edges[name]!;
            const { data } = results.get(name)![i]!;
            return [name, { shape, data: Float64Array.from(data, (q) => scale * (q - zeroPoint)) }];
          }),
        ),
    );
  }

  #error(bits: Assignment, mode: Mode, method: Method): number {
    const net = this.#integers(bits, mode, method, ERROR_CALIBRATION);
    const { images, reals } = this.#b.errors;
    const got = this.#reals(net, images);
    let [off, sum, squares, count] = [0, 0, 0, 0];
    images.forEach((_, i) => {
      const wanted = [...reals[i]!.values()];
      [...got[i]!.values()].forEach((t, k) => {
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

  #score(net: QuantizedNetwork, part: Part): number {
    return scoreOf(this.#b, integerOutputs(net), part, this.#reals(net, part.images));
  }

  #design(net: QuantizedNetwork) {
    return unwrap(new DesignSpace(net, requestOf(this.#b.design), this.#cells).best(), this.#out);
  }

  #logic(net: QuantizedNetwork): number {
    const { estimates, target } = this.#design(net);
    return estimates.families[target!.family]!.lut;
  }

  #layerLogic(bits: number, mode: Mode): ReadonlyMap<string, number> {
    const { graph, tunables, options } = this.#b;
    const net = this.#integers(alike(tunables, bits), mode, options.method, 0);
    const { estimates, hardware } = this.#design(net);
    // Blocks have names of their own, as Verilog wants them; where a layer stands in the file leads from one to the other.
    const found = new Map<string, number>();
    for (const { name, path } of hardware.blocks) {
      const at = JSON.stringify(path);
      found.set(at, (found.get(at) ?? 0) + estimates.layers!.get(name)!.lut);
    }
    const lut = new Map(graph.nodes.map(({ name, path }) => [name, found.get(JSON.stringify(path)) ?? 0]));
    // No cost is -0, which JSON does not keep.
    return new Map(tunables.map(({ name, layers }) => [name, layers.reduce((sum, l) => sum + lut.get(l)!, 0) + 0]));
  }
}

// JSON has no numbers beyond the finite ones; a picture without any error has infinite decibels.
const written = (v: number): Json => (Number.isFinite(v) ? v : String(v));

/** An answer as JSON; a set that is refused is refused each time, so that is one too. */
export function writeAnswer(take: () => Answer): Json {
  try {
    const a = take();
    if (typeof a === "number") return written(a);
    return a instanceof Map
      ? [...(a as ReadonlyMap<string, number>)].map(([name, v]) => [name, written(v)])
      : Object.fromEntries(Object.entries(a as Answers["point"]).map(([k, v]) => [k, written(v)]));
  } catch (e) {
    if (!(e instanceof InputError)) throw e;
    return JSON.parse(JSON.stringify({ refused: e.diagnostics }));
  }
}

export function readAnswer(value: Json): Answer {
  if (Array.isArray(value)) return new Map(value.map(([name, v]) => [name, Number(v)]));
  if (value === null || typeof value !== "object") return Number(value);
  const o = value as unknown as { refused?: Diagnostic[]; score: number; cost: number };
  if (o.refused) throw new InputError(o.refused);
  return { score: Number(o.score), cost: Number(o.cost) };
}

export const writeBasis = (b: Basis): string => writeData(b);
export const readBasis = (bytes: Uint8Array): Basis => readData(new TextDecoder().decode(bytes)) as Basis;

const jobSchema = z.strictObject({ basis: z.string(), question: questionSchema });
const opened = new Map<string, Measurer>();

/** A job of the kind tune-measure. */
export function tuneMeasure(input: Json, folder: JobFolder): Json {
  const { basis, question } = jobSchema.parse(input);
  const key = `${folder.path}\0${basis}`;
  const m = opened.get(key) ?? new Measurer(readBasis(folder.input(basis)), silentConsole("work"));
  opened.set(key, m);
  return writeAnswer(() => m.take(question));
}
