// Stage 5: how many lanes each node gets, so that the slowest one still makes the frame rate.
import { Report } from "../diagnostics/diagnostics.ts";
import type { QuantizedNetwork, QuantizedNode } from "../ir/quantized.ts";
import {
  divisors,
  type Fold,
  type FoldPlan,
  type FoldSpace,
  gcd,
  type NodeTypes,
  tiles,
  valuesOf,
} from "../ops/define.ts";
import { hardwareOf } from "../ops/index.ts";
import { joinDepths } from "./fifo.ts";

export interface ScheduleOptions {
  /** Frames per second to reach, at `clockMHz`. Absent: the default rate, lowered to what the network can reach. */
  readonly fps?: number | undefined;
  readonly clockMHz: number;
  /** Clocks a frame may take, in place of a rate; what does not reach them is as fast as it can be. */
  readonly clocks?: number | undefined;
  /** Whether a beat may hold several pixels; absent: for a rate that was asked for, not for the default one. */
  readonly severalPixels?: boolean | undefined;
  /** Price of a node under a fold behind streams of so many lanes; absent: lanes decide. */
  readonly price?: Price | undefined;
}

export type Price = (node: NodeSchedule, producers: readonly number[]) => number;

export const defaultSchedule = { fps: 1000, clockMHz: 100 } as const;

export interface NodeSchedule extends FoldPlan {
  readonly node: QuantizedNode;
  readonly types: NodeTypes;
  readonly fold: Fold;
}

export interface Schedule {
  readonly nodes: readonly NodeSchedule[];
  /** Lanes of the network's input stream. */
  readonly inputLanes: number;
  /** Clocks between frames. */
  readonly interval: number;
  readonly bottleneck: string;
  readonly clockMHz: number;
  /** Pixels that must find room in front of each input of a join, by node name. */
  readonly joinDepths: ReadonlyMap<string, readonly number[]>;
}

export const typesOf = (net: QuantizedNetwork, node: QuantizedNode): NodeTypes => ({
  inputs: node.inputs.map((e) => net.edges[e]!),
  output: net.edges[node.output]!,
});

export function schedule(net: QuantizedNetwork, options: ScheduleOptions, report: Report): Schedule | undefined {
  const clocks = options.clocks ?? Math.floor((options.clockMHz * 1e6) / (options.fps ?? defaultSchedule.fps));
  const several = options.severalPixels ?? options.fps !== undefined;
  const found = fold(net, clocks, several, report, options.price);
  if (!found) return undefined;
  if (options.fps !== undefined && found.interval > clocks) {
    const nearest = fastest(clocks, found, (c) => fold(net, c, several, new Report(), options.price)!);
    const best = Math.floor((options.clockMHz * 1e6) / nearest.interval);
    report.error({
      code: "AN5002",
      message: `${options.fps} frames a second are out of reach at ${options.clockMHz} MHz`,
      path: net.nodes.find((n) => n.name === nearest.bottleneck)?.path ?? ["input"],
      expected: `at most ${best}: ${JSON.stringify(nearest.bottleneck)} needs ${clocksText(nearest.interval)} with all its lanes`,
      found: clocksText(clocks),
      hint: `--fps ${best}, or a higher --clock`,
    });
    return undefined;
  }
  const planned = new Map(found.nodes.map((n) => [n.node, n]));
  return { ...found, clockMHz: options.clockMHz, joinDepths: joinDepths(net, (n) => planned.get(n)!) };
}

const clocksText = (n: number): string => `${n} clock${n === 1 ? "" : "s"} a frame`;

/** The fewest clocks that are reached, above `clocks`, which are not: each node alone does not tell. */
function fastest<T extends { readonly interval: number }>(clocks: number, first: T, fold: (clocks: number) => T): T {
  let best = first;
  for (let low = clocks; best.interval - low > 1; ) {
    const middle = Math.floor((low + best.interval) / 2);
    const next = fold(middle);
    if (next.interval < best.interval) best = next;
    if (next.interval > middle) low = middle;
  }
  return best;
}

function fold(
  net: QuantizedNetwork,
  clocks: number,
  several: boolean,
  report: Report,
  price: Price | undefined,
): Omit<Schedule, "clockMHz" | "joinDepths"> | undefined {
  const input = net.edges[net.inputEdge]!;
  // The input enters as narrow as the rate allows.
  const channels = input.shape[2];
  const legalLanes = divisors(channels);
  if (several) legalLanes.push(...tiles(input.shape, channels * input.bits).map((n) => n * channels));
  const inputLanes = legalLanes.find((l) => valuesOf(input) / l <= clocks) ?? legalLanes.at(-1)!;
  const lanesOf = new Map<string, number>([[net.inputEdge, inputLanes]]);
  const inputCycles = valuesOf(input) / inputLanes;
  let interval = inputCycles;
  let bottleneck = net.inputEdge;
  const nodes: NodeSchedule[] = [];
  for (const node of net.nodes) {
    const op = hardwareOf(node);
    if (!op) {
      report.error({
        code: "AN4004",
        message: `there is no hardware for ${JSON.stringify(node.op)} yet (layer ${JSON.stringify(node.name)})`,
        path: node.path,
        hint: "addernet infer computes this network; addernet build cannot",
      });
      continue;
    }
    const types = typesOf(net, node);
    const producers = node.inputs.flatMap((e) => lanesOf.get(e) ?? []);
    // A node behind a refused one has no streams to work on; the refusal has been reported.
    if (producers.length < node.inputs.length) continue;
    const folds = legalOf(node, op.folds(node, types), several, report);
    if (!folds) continue;
    const all: Candidate[] = [];
    let enough = false;
    for (const f of folds) {
      // One pixel a beat wherever it is enough.
      if (f.pixels > 1 && enough) break;
      const plan = op.plan(node, types, f);
      const converters = node.inputs.map((_, i) => conversion(types.inputs[i]!.shape, producers[i]!, plan.lanesIn));
      const cycles = Math.max(plan.cycles, ...converters);
      all.push({ node, types, fold: f, ...plan, cycles, converts: producers.some((l) => l !== plan.lanesIn) });
      if (f.pixels === 1 && cycles <= clocks) enough = true;
    }
    const { converts: _, ...kept } = cheapest(all, clocks, producers, price);
    nodes.push(kept);
    lanesOf.set(node.output, kept.lanesOut);
    if (kept.cycles > interval) [interval, bottleneck] = [kept.cycles, node.name];
  }
  return report.failed ? undefined : { nodes, inputLanes, interval, bottleneck };
}

type Candidate = NodeSchedule & { readonly converts: boolean };

/** Candidates that are priced: those whose lanes come near the fewest, for pricing takes longer than counting. */
const PRICED = { most: 16, lanes: 2, more: 4 } as const;

/** The best by lanes; with prices, the cheapest of those that are fast enough and have few lanes. */
function cheapest(
  all: readonly Candidate[],
  clocks: number,
  producers: readonly number[],
  price: Price | undefined,
): Candidate {
  const best = all.reduce((a, b) => (better(b, a, clocks) ? b : a));
  if (!price || best.cycles > clocks) return best;
  const most = PRICED.lanes * (best.cost ?? best.lanes) + PRICED.more;
  const few = all
    .filter((c) => c.cycles <= clocks && (c.cost ?? c.lanes) <= most)
    .sort((a, b) => (better(a, b, clocks) ? -1 : 1))
    .slice(0, PRICED.most)
    .map((c) => ({ c, price: price(c, producers) }));
  return few.reduce((a, b) => (b.price < a.price ? b : a)).c;
}

/** Fast enough comes first, then little logic, then no width converter, then few clocks; too slow ones compare by clocks. */
function better(a: Candidate, b: Candidate, clocks: number): boolean {
  const slow = [a.cycles > clocks, b.cycles > clocks];
  if (slow[0] !== slow[1]) return !slow[0];
  if (slow[0] && a.cycles !== b.cycles) return a.cycles < b.cycles;
  const key = (c: Candidate) => [c.cost ?? c.lanes, c.converts ? 1 : 0, c.cycles, c.fold.pe];
  const [ka, kb] = [key(a), key(b)];
  for (let i = 0; i < ka.length; i++) if (ka[i] !== kb[i]) return ka[i]! < kb[i]!;
  return false;
}

/** Clocks a frame in the width converter between streams of the same values: beats of the common divisor. */
function conversion(shape: readonly [number, number, number], from: number, to: number): number {
  return (shape[0] * shape[1] * shape[2]) / (from === to ? from : gcd(from, to));
}

/** Where a fold was asked for: a key of the network file, or an option. */
function placeOf(node: QuantizedNode, key: "pe" | "simd" | "pixels" | "unroll") {
  const { overrides, name, path } = node;
  if (!overrides.given?.includes(key)) return { path: [...path, key] };
  return { option: `--${key} ${name}${key === "unroll" ? "" : `=${overrides[key]}`}` };
}

/** The overrides of a node that is unrolled: its PE and SIMD are given. */
function unrolledOf(node: QuantizedNode, space: FoldSpace, report: Report): QuantizedNode["overrides"] | undefined {
  const all = space.unrolled ?? { why: "only layers with weights are unrolled" };
  const { pe, simd } = node.overrides;
  const other = "pe" in all && ((pe ?? all.pe) !== all.pe || (simd ?? all.simd) !== all.simd);
  if ("pe" in all && !other) return { ...node.overrides, pe: all.pe, simd: all.simd };
  report.error({
    code: "AN5001",
    message: `${JSON.stringify(node.name)} is not unrolled`,
    ...placeOf(node, "unroll"),
    expected: "pe" in all ? `no other PE than ${all.pe} and no other SIMD than ${all.simd} beside it` : all.why,
  });
  return undefined;
}

/** Folds to choose from, those of one pixel a beat first; nothing where an override is illegal, which is reported. */
function legalOf(node: QuantizedNode, space: FoldSpace, several: boolean, report: Report): Fold[] | undefined {
  const asked = node.overrides.unroll ? unrolledOf(node, space, report) : node.overrides;
  if (!asked) return undefined;
  const one = { pixels: [1], pe: space.pe, simd: space.simd };
  const { tiled } = space;
  const forms = tiled ? [one, tiled] : [one];
  const pixels = chosen(
    forms.flatMap((f) => f.pixels),
    asked.pixels,
    "pixels",
    node,
    report,
  );
  if (!pixels) return undefined;
  const used = forms.filter((f) => f.pixels.some((n) => pixels.includes(n)));
  const merged = (key: "pe" | "simd") => [...new Set(used.flatMap((f) => f[key]))].sort((a, b) => a - b);
  const pe = chosen(merged("pe"), asked.pe, "pe", node, report);
  const simd = chosen(merged("simd"), asked.simd, "simd", node, report);
  if (!pe || !simd) return undefined;
  const found = used.flatMap((f) =>
    f.pixels
      .filter((n) => pixels.includes(n) && (n === 1 || several || asked.pixels === n))
      .flatMap((n) =>
        f.pe
          .filter((p) => pe.includes(p))
          .flatMap((p) => f.simd.filter((s) => simd.includes(s)).map((s) => ({ pe: p, simd: s, pixels: n }))),
      ),
  );
  if (found.length > 0) return found;
  // Each number is legal by itself, in another form of the layer.
  const form = used.find((f) => asked.pe === undefined || f.pe.includes(asked.pe)) ?? used[0]!;
  chosen(form.simd, asked.simd, "simd", node, report);
  return undefined;
}

function chosen(
  legal: readonly number[],
  asked: number | undefined,
  key: "pe" | "simd" | "pixels",
  node: QuantizedNode,
  report: Report,
) {
  if (asked === undefined) return legal;
  if (legal.includes(asked)) return [asked];
  report.error({
    code: "AN5001",
    message: `${key} ${asked} is not a legal fold of ${JSON.stringify(node.name)}`,
    ...placeOf(node, key),
    expected: `${legal.length > 1 ? "one of " : ""}${legal.slice(0, 24).join(", ")}${legal.length > 24 ? ", ..." : ""}`,
    found: String(asked),
  });
  return undefined;
}
