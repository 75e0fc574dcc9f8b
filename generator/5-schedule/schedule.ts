// Stage 5: how many lanes each node gets, so that the slowest one still makes the frame rate.
import type { Report } from "../diagnostics/diagnostics.ts";
import type { QuantizedNetwork, QuantizedNode } from "../ir/quantized.ts";
import { divisors, type Fold, type FoldPlan, gcd, type NodeTypes, pixelsOf } from "../ops/define.ts";
import { hardwareOf } from "../ops/index.ts";
import { joinDepths } from "./fifo.ts";

export interface ScheduleOptions {
  /** Frames per second to reach, at `clockMHz`. Absent: the default rate, lowered to what the network can reach. */
  readonly fps?: number | undefined;
  readonly clockMHz: number;
  /** Clocks a frame may take, in place of a rate; what does not reach them is as fast as it can be. */
  readonly clocks?: number | undefined;
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
  const found = fold(net, clocks, report, options.price);
  if (!found) return undefined;
  if (options.fps !== undefined && found.interval > clocks) {
    const best = Math.floor((options.clockMHz * 1e6) / found.interval);
    report.error({
      code: "AN5002",
      message: `${options.fps} frames a second are out of reach at ${options.clockMHz} MHz`,
      path: net.nodes.find((n) => n.name === found.bottleneck)?.path ?? ["input"],
      expected: `at most ${best}: ${JSON.stringify(found.bottleneck)} needs ${found.interval} clocks a frame with all its lanes`,
      found: `${clocks} clocks a frame`,
      hint: `--fps ${best}, or a higher --clock`,
    });
    return undefined;
  }
  return { ...found, clockMHz: options.clockMHz, joinDepths: joinDepths(net, (n) => typesOf(net, n)) };
}

function fold(
  net: QuantizedNetwork,
  clocks: number,
  report: Report,
  price: Price | undefined,
): Omit<Schedule, "clockMHz" | "joinDepths"> | undefined {
  const input = net.edges[net.inputEdge]!;
  // The input enters as narrow as the rate allows.
  const inputLanes =
    divisors(input.shape[2]).find((l) => pixelsOf(input) * (input.shape[2] / l) <= clocks) ?? input.shape[2];
  const lanesOf = new Map<string, number>([[net.inputEdge, inputLanes]]);
  const inputCycles = pixelsOf(input) * (input.shape[2] / inputLanes);
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
    const space = op.folds(node, types);
    const pe = chosen(space.pe, node.overrides.pe, "pe", node, report);
    const simd = chosen(space.simd, node.overrides.simd, "simd", node, report);
    if (!pe || !simd) continue;
    const all: Candidate[] = [];
    for (const p of pe)
      for (const s of simd) {
        const f = { pe: p, simd: s };
        const plan = op.plan(node, types, f);
        const converters = node.inputs.map((_, i) => conversion(types.inputs[i]!.shape, producers[i]!, plan.lanesIn));
        const cycles = Math.max(plan.cycles, ...converters);
        all.push({ node, types, fold: f, ...plan, cycles, converts: producers.some((l) => l !== plan.lanesIn) });
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

/** Clocks a frame in the width converter between streams of the same pixels: beats of the common divisor. */
function conversion(shape: readonly [number, number, number], from: number, to: number): number {
  return shape[0] * shape[1] * (shape[2] / (from === to ? from : gcd(from, to)));
}

function chosen(
  legal: readonly number[],
  asked: number | undefined,
  key: "pe" | "simd",
  node: QuantizedNode,
  report: Report,
) {
  if (asked === undefined) return legal;
  if (legal.includes(asked)) return [asked];
  report.error({
    code: "AN5001",
    message: `${key} ${asked} is no legal fold of ${JSON.stringify(node.name)}`,
    path: [...node.path, key],
    expected: `${legal.length > 1 ? "one of " : ""}${legal.slice(0, 24).join(", ")}${legal.length > 24 ? ", ..." : ""}`,
    found: String(asked),
  });
  return undefined;
}
