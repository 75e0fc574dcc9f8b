// addernet tune: bits of each layer, mode and calibration method of least logic within a loss of the task's metric.
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { realInput, runFloat } from "../../../golden/index.ts";
import { calibrate } from "../../4-quantize/calibrate.ts";
import { roleDataOf, traitsOf } from "../../4-quantize/roles/traits.ts";
import { inputError } from "../../diagnostics/diagnostics.ts";
import type { Graph, GraphNode } from "../../ir/graph.ts";
import { defaultQuantize, METHODS, type Method, MODES } from "../../ir/quantize-options.ts";
import { TASKS, type TaskKind } from "../../ir/task.ts";
import type { FloatTensor, IntTensor } from "../../ir/tensor.ts";
import {
  type Assignment,
  alike,
  byLayer,
  descents,
  frontier,
  lastWithin,
  meanBits,
  neighbourhood,
  type Tunable,
} from "../../tune/search.ts";
import { defineCommand, done, type Outcome } from "../command.ts";
import type { Console } from "../console.ts";
import type { DesignArgs } from "../design.ts";
import { checkFarm, type FarmArgs } from "../farm.ts";
import { farmOptions } from "../farm-options.ts";
import { fitOf, readImages, readText } from "../files.ts";
import { openNetwork } from "../network.ts";
import { designOptions, imageFiles, network } from "../options.ts";
import { writeWhole } from "../output.ts";
import { columns } from "../table.ts";
import { chosenTask, graphOutputs, type Labels, outputsOf, readTaskLabels } from "../task.ts";
import { type Ask, askFarm, askHere, OnlyPlanned } from "../tune-farm.ts";
import { type Basis, type Mode, type Part, scoreOf } from "../tune-measure.ts";

interface TuneArgs extends Omit<DesignArgs, "bits">, FarmArgs {
  readonly images: string;
  readonly labels: string;
  readonly task?: TaskKind | undefined;
  readonly loss: number;
  readonly meanBits?: number | undefined;
  readonly o: string;
  readonly farmFolder?: string | undefined;
}

/** Bits that are tried: 7 are hardly cheaper than 8, and hardly worse. */
const BITS = [2, 3, 4, 5, 6, 8];
/** Of joins and means, where bits cost little. */
const JOIN_BITS = [3, 4, 5, 6, 8];
/** Name of all joins together: no layer has an empty one. */
const JOINS = "";
/** Bits at which methods are compared before any set is known. */
const MIDDLE = 4;
/** Looks around what was found; each goes a step further down. */
const ROUNDS = 2;
/** What a network is compared with; its bits are the most. */
const MOST = 8;
/** Images on which the outputs' error is measured. */
const ERROR_IMAGES = 32;
/** Without a device there is no fastest design: a rate that all sets are compared at. */
const RATE = 100;
const FAMILY = "xc7";

interface Point {
  readonly mode: Mode;
  readonly method: Method;
  readonly bits: Assignment;
  readonly score: number;
  readonly cost: number;
}

/** Whether a layer adds or averages what it reads. */
const isJoin = (n: GraphNode): boolean => traitsOf(n).isNode && traitsOf(n).meets(roleDataOf(n)) === "sum";

/** What has bits that nobody states: each layer with weights, and all joins together. */
function tunablesOf(graph: Graph, joinsStated: boolean): Tunable[] {
  const free = graph.nodes.filter((n) => n.overrides.bits === undefined);
  const weighted = free.filter((n) => n.tensors.weights && !n.kind.startsWith("binary_"));
  const joins = joinsStated ? [] : free.filter(isJoin).map((n) => n.name);
  return [
    ...weighted.map(({ name }) => ({ name, layers: [name], bits: BITS })),
    ...(joins.length > 0 ? [{ name: JOINS, layers: joins, bits: JOIN_BITS }] : []),
  ];
}

/** Mean bits of the layers with weights. */
const weightBits = (set: Assignment): number => meanBits(new Map([...set].filter(([name]) => name !== JOINS)));

/** Weights of each layer; joins have none. */
const weightCounts = (graph: Graph): ReadonlyMap<string, number> =>
  new Map(graph.nodes.flatMap(({ name, tensors: { weights } }) => (weights ? [[name, weights.data.length]] : [])));

/** Mean bits of a weight: large layers count more. */
function bitsOfWeight(graph: Graph, set: Assignment): number {
  const counts = weightCounts(graph);
  let [bits, count] = [0, 0];
  for (const [name, own] of set) {
    bits += own * (counts.get(name) ?? 0);
    count += counts.get(name) ?? 0;
  }
  return bits / count;
}

/** Of four images that follow each other, those of each part: two, one and one. */
const PARTS = { search: [0, 2], held: [1], test: [3] } as const;
type PartName = keyof typeof PARTS;
const split = <T>(list: readonly T[], part: PartName): T[] =>
  list.filter((_, i) => (PARTS[part] as readonly number[]).includes(i % 4));
const splitLabels = (l: Labels, part: PartName): Labels => ({ ...l, truth: split<unknown>(l.truth, part) }) as Labels;

/** Real values of the outputs that the task reads. */
function realOutputs(
  graph: Graph,
  images: readonly IntTensor[],
  task: TaskKind | undefined,
  out: Console,
): ReadonlyMap<string, FloatTensor>[] {
  const outputs = outputsOf(chosenTask(task, graphOutputs(graph)));
  return images.map((image, i) => {
    const results = runFloat(graph, realInput(graph.input, image));
    out.progress("real numbers", i + 1, images.length);
    return new Map(outputs.map((name) => [name, results.get(name)!]));
  });
}

/** Reads all that the search looks at. */
function prepare(path: string, args: TuneArgs, out: Console): Basis {
  const { graph, quantization } = openNetwork(path, out);
  if (!graph)
    throw inputError({
      code: "AN6005",
      message: "the bits of an integer network are already fixed",
      expected: "the network file it was made from",
    });
  const outputs = graphOutputs(graph);
  const task = chosenTask(args.task, outputs);
  const images = readImages(args.images, graph.input, undefined, fitOf(args));
  const labels = readTaskLabels(args.labels, task, outputs, images.length, false, fitOf(args));
  if (images.length < 4)
    throw inputError({
      code: "AN6002",
      message: "half of the images are held out of the search, and half of these test the result",
      expected: "at least 4 images; a few hundred give a better answer",
      found: String(images.length),
    });
  const { calibration, method, ...stated } = quantization;
  const named = args.calibration ?? (calibration && resolve(dirname(path), calibration));
  if (!named)
    throw inputError({
      code: "AN4001",
      message: "tuning needs calibration images",
      expected: '--calibration images, or "quantization": { "calibration": ... } in the network file',
    });
  const calibrationImages = readImages(named, graph.input, args.calibrationCount, fitOf(args));
  const given = {
    joinBits: args.joinBits,
    productBits: args.productBits,
    percentile: args.percentile,
    outputBits: args.outputBits,
    multiplierBits: args.multiplierBits,
  };
  const set = Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined));
  const fixed = method && method !== "auto" ? { method } : {};
  const stats = calibrate(graph, calibrationImages, (n) => out.progress("calibrating", n, calibrationImages.length));
  const reals = realOutputs(graph, images, args.task, out);
  const part = (name: PartName): Part => {
    const own = { images: split(images, name), labels: splitLabels(labels, name) };
    return { ...own, float: scoreOf({ graph, task: args.task }, outputs, own, split(reals, name)) };
  };
  const search = part("search");
  const { target = FAMILY, fps = RATE, clock, weights, l1, dsp } = args;
  return {
    ...{ graph, calibration: calibrationImages, stats, task: args.task },
    tunables: tunablesOf(graph, (args.joinBits ?? stated.joinBits) !== undefined),
    options: { ...defaultQuantize, ...stated, ...fixed, ...set, bits: MOST },
    errors: { images: search.images.slice(0, ERROR_IMAGES), reals: split(reals, "search").slice(0, ERROR_IMAGES) },
    search,
    held: part("held"),
    test: part("test"),
    design: { target, fps, clock, weights, l1, dsp },
  };
}

/** Bits, mode and method in a copy of the network file; its own relative paths lead to the same files. */
function tunedFile(
  text: string,
  from: string,
  to: string,
  { mode, method }: Point,
  bits: ReadonlyMap<string, number>,
): string {
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

const cheapest = <P extends { readonly cost: number }>(points: readonly P[]): P | undefined =>
  [...points].sort((x, y) => x.cost - y.cost)[0];

/** What the search found. */
interface Found {
  /** All sets that were scored, those of a mode together. */
  readonly points: readonly Point[];
  /** The same bits everywhere, for comparison. */
  readonly same: readonly { readonly bits: number; readonly point: Point }[];
  readonly chosen: Point & { readonly heldOut: number; readonly test: number };
  readonly within: boolean;
}

async function search(b: Basis, args: TuneArgs, ask: Ask, out: Console): Promise<Found> {
  const least = b.search.float - args.loss;
  const modes = args.mode ? [args.mode as Mode] : [...MODES];
  const methods = args.method && args.method !== "auto" ? [args.method as Method] : METHODS;
  const everywhere = (bits: number): Assignment => alike(b.tunables, bits);
  const first = modes[0]!;
  const error = (bits: Assignment, mode: Mode, method: Method) =>
    ask({ measure: "error", bits: [...bits], mode, method });
  const held = (bits: Assignment, mode: Mode, method: Method) =>
    ask({ measure: "held", bits: [...bits], mode, method });
  const bestMethod = async (set: Assignment, mode: Mode): Promise<Method> => {
    if (methods.length === 1) return methods[0]!;
    const tried = await Promise.all(methods.map(async (method) => ({ method, error: await error(set, mode, method) })));
    return tried.reduce((x, y) => (y.error < x.error ? y : x)).method;
  };

  /** What each tunable alone adds to the error of a set, for the bits that it may have. */
  const errorsAround = async (
    what: string,
    tunables: readonly Tunable[],
    around: Assignment,
    mode: Mode,
    method: Method,
  ) => {
    const errors = new Map<string, number>();
    const count = tunables.reduce((n, t) => n + t.bits.length, 0);
    const own = error(around, mode, method);
    await Promise.all(
      tunables.flatMap(({ name, bits }) =>
        bits.map(async (n) => {
          const e = n === around.get(name) ? await own : await error(new Map([...around, [name, n]]), mode, method);
          errors.set(`${n}/${name}`, e - (await own));
          out.progress(what, errors.size, count);
        }),
      ),
    );
    return (name: string, bits: number) => errors.get(`${bits}/${name}`)!;
  };

  out.progress("choosing the method", 0, 0);
  const firstMethod = await bestMethod(everywhere(MIDDLE), first);
  const [logic, alone] = await Promise.all([
    Promise.all(BITS.map((bits) => ask({ measure: "logic", bits, mode: first }))),
    errorsAround("error of each layer", b.tunables, everywhere(MOST), first, firstMethod),
  ]);
  const cost = (name: string, bits: number) => logic[BITS.indexOf(bits)]!.get(name)!;
  const counts = weightCounts(b.graph);
  const isWithin = (set: Assignment) => args.meanBits === undefined || bitsOfWeight(b.graph, set) <= args.meanBits;
  /** Rows towards less logic; under a limit of mean bits, of sets that keep it, and rows towards fewer bits of weights. */
  const rowsOf = (tunables: readonly Tunable[], errors: typeof alone): Assignment[][] => {
    const all = descents(tunables, { error: errors, cost });
    if (args.meanBits === undefined) return all;
    // Joins have no weights: what their logic saves counts little beside these.
    const size = (name: string, bits: number) => bits * (counts.get(name) ?? 0) + cost(name, bits) / 1e6;
    const both = [...descents(tunables, { error: errors, cost: size }), ...all];
    return both.map((row) => row.filter(isWithin)).filter((row) => row.length > 0);
  };
  const rows = rowsOf(b.tunables, alone);
  const sets = rows[0] ?? [everywhere(MIDDLE)];

  let scored = 0;
  // Bisections of each row and of the rounds after it, and the same bits everywhere.
  const expected = ROUNDS * modes.length * rows.reduce((n, row) => n + Math.ceil(Math.log2(row.length + 1)), 0) + 4;
  out.progress("sets of bits", 0, expected);
  const point = async (bits: Assignment, mode: Mode, method: Method): Promise<Point> => {
    const p = await ask({ measure: "point", bits: [...bits], mode, method });
    out.progress("sets of bits", ++scored, Math.max(scored, expected));
    return { mode, method, bits, ...p };
  };
  const ofModes = await Promise.all(
    modes.map(async (mode) => {
      const points: Point[] = [];
      const method = mode === first ? firstMethod : await bestMethod(sets[sets.length >> 1]!, mode);
      const at = async (bits: Assignment): Promise<Point> => {
        const known = points.find((p) => [...p.bits].every(([name, n]) => bits.get(name) === n));
        if (known) return known;
        points.push(await point(bits, mode, method));
        return points.at(-1)!;
      };
      /** The last set of a row within the loss, and the last that also keeps it on images that chose nothing. */
      const bestOf = async (row: readonly Assignment[]) => {
        // Under a limit most rows begin below the loss, and are taken to fall from there.
        const begins = args.meanBits === undefined || (row.length > 0 && (await at(row[0]!)).score >= least);
        const last = begins ? await lastWithin(row.length, least, async (i) => (await at(row[i]!)).score) : -1;
        for (let i = last; i >= 0; i--) {
          const known = await at(row[i]!);
          if (known.score < least) continue;
          const heldOut = await held(row[i]!, mode, method);
          if (heldOut >= b.held.float - args.loss) return { found: row[last], best: { ...known, heldOut } };
        }
        return { found: row[last], best: undefined };
      };
      /** The cheapest of several rows' best ones. */
      const bestOfAll = async (some: readonly Assignment[][]) => {
        const all = [];
        for (const one of some) all.push(await bestOf(one));
        const found = cheapest(await Promise.all(all.flatMap((r) => r.found ?? []).map(at)));
        return { found, best: cheapest(all.flatMap((r) => r.best ?? [])) };
      };
      const alikes = [...BITS].reverse().map(everywhere).filter(isWithin);
      const rounds = [await bestOfAll([...rows, alikes])];
      // Errors at 8 bits are not those among few: again around what was found, a step up or down, while it gets cheaper.
      for (let { found } = rounds[0]!; found && rounds.length <= ROUNDS; ) {
        const near = neighbourhood(b.tunables, found.bits);
        const around = await errorsAround("error of each layer near the set", near, found.bits, mode, method);
        const next = await bestOfAll(rowsOf(near, around));
        rounds.push(next);
        found = next.found && next.found.cost < found.cost ? next.found : undefined;
      }
      return { points, best: cheapest(rounds.flatMap((r) => r.best ?? [])) };
    }),
  );
  const best = cheapest(ofModes.flatMap((m) => m.best ?? []));
  const same = await Promise.all(
    [8, 6, 4, 3].map(async (bits) => ({
      bits,
      point: await point(everywhere(bits), best?.mode ?? first, best?.method ?? firstMethod),
    })),
  );
  const chosen = best ?? { ...same[0]!.point, heldOut: await held(everywhere(MOST), first, firstMethod) };
  const { mode, method } = chosen;
  return {
    points: [...ofModes.flatMap((m) => m.points), ...same.map((s) => s.point)],
    same,
    chosen: { ...chosen, test: await ask({ measure: "test", bits: [...chosen.bits], mode, method }) },
    within: best !== undefined,
  };
}

async function tune(path: string, args: TuneArgs, out: Console): Promise<Outcome> {
  if (args.farm !== undefined) await checkFarm(args);
  const b = prepare(path, args, out);
  if (b.tunables.every((t) => t.name === JOINS))
    throw inputError({
      code: "AN6006",
      message: "no layer has bits to choose",
      expected: 'layers with weights and without "bits" of their own',
    });
  const folder = args.farmFolder ?? `${args.o.replace(/\.json$/, "")}.jobs`;
  const elsewhere = args.farm !== undefined || args.dryRun;
  let found: Found;
  try {
    found = await search(b, args, elsewhere ? askFarm(b, folder, args, out) : askHere(b, out), out);
  } catch (e) {
    if (e instanceof OnlyPlanned) return e.outcome;
    throw e;
  }
  const { points, same, chosen, within } = found;
  const chosenBits = byLayer(b.tunables, chosen.bits);

  const scoreWord = (v: number) => v.toFixed(2);
  const row = (p: Point, what: string): string[] => [
    what,
    p.mode,
    p.method,
    weightBits(p.bits).toFixed(2),
    bitsOfWeight(b.graph, p.bits).toFixed(2),
    String(p.cost),
    scoreWord(p.score),
  ];
  const edge = frontier(points);
  const header = ["", "mode", "method", "bits a layer", "bits a weight", `logic (${b.design.target})`, "score"];
  for (const l of columns([
    header,
    ...same.map(({ bits, point: p }) => row(p, `all ${bits} bits`)),
    ...edge.map((p) => row(p, p.bits === chosen.bits && p.mode === chosen.mode ? "chosen" : "frontier")),
  ]))
    out.line(l);
  out.line();
  out.line(
    `real numbers: ${scoreWord(b.search.float)} on ${b.search.images.length} images of the search, ${scoreWord(b.held.float)} on ${b.held.images.length} held out, ${scoreWord(b.test.float)} on ${b.test.images.length} of the test`,
  );
  if (!within) {
    const limit = args.meanBits === undefined ? "" : ` with at most ${args.meanBits} bits a weight on average`;
    out.note(`no set of bits${limit} is within ${args.loss} of real numbers: all layers keep ${MOST} bits`);
  }
  out.line(
    `chosen: mode ${chosen.mode}, method ${chosen.method}, ${weightBits(chosen.bits).toFixed(2)} bits a layer on average, ${bitsOfWeight(b.graph, chosen.bits).toFixed(2)} a weight; ${scoreWord(chosen.score)} in the search, ${scoreWord(chosen.heldOut)} held out, ${scoreWord(chosen.test)} in the test, whose images decided nothing; ${chosen.cost} of logic, all at 4 bits ${same[2]!.point.cost}`,
  );
  for (const l of columns([["layer", "bits"], ...[...chosenBits].map(([name, n]) => [name, String(n)])])) out.line(l);
  writeWhole(args.o, tunedFile(readText(path), path, args.o, chosen, chosenBits));
  out.line(`wrote ${args.o}`);
  const data = (p: Point) => ({
    ...p,
    bits: Object.fromEntries(byLayer(b.tunables, p.bits)),
    meanBits: weightBits(p.bits),
    bitsAWeight: bitsOfWeight(b.graph, p.bits),
  });
  return done({
    file: args.o,
    images: { search: b.search.images.length, heldOut: b.held.images.length, test: b.test.images.length },
    float: { search: b.search.float, heldOut: b.held.float, test: b.test.float },
    within,
    chosen: { ...data(chosen), heldOut: chosen.heldOut, test: chosen.test },
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
      describe: "board or device family whose model counts the logic; default: xc7",
    },
    fps: { ...designOptions.fps, describe: `frames a second that every candidate is folded for; default: ${RATE}` },
    images: {
      describe: `images: ${imageFiles}; of each four, two are for the search, one is held out of it, one tests the result`,
      type: "string",
      demandOption: true,
    },
    labels: {
      describe: "the right answers for the images, in the form that infer takes",
      type: "string",
      demandOption: true,
    },
    task: { describe: "what the outputs mean; default: what the network file says, or classes", choices: TASKS },
    loss: {
      describe:
        "how far the score may fall below that of real numbers: percent of accuracy, IoU or mAP50, decibels of PSNR",
      type: "number",
      default: 0.5,
    },
    "mean-bits": {
      describe: "most bits that a weight may have on average, of the layers whose bits are searched; default: no limit",
      type: "number",
    },
    o: { alias: "output", describe: "network file to write", type: "string", demandOption: true },
    ...farmOptions,
    "farm-folder": {
      describe: "folder for the jobs; default: the name of the file to write, with .jobs",
      type: "string",
    },
  },
  run: (args, out) => tune(args.network, args, out),
});
