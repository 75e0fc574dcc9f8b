// Stage 5: how many lanes each node gets, so that the slowest one still makes the frame rate.
import type { Report } from "../diagnostics/diagnostics.ts";
import type { MemoryPort } from "../ir/hardware.ts";
import type { MacNode, QuantizedNetwork, QuantizedNode, SadNode } from "../ir/quantized.ts";
import {
  divisors,
  type Fold,
  type FoldPlan,
  type FoldSpace,
  type NodeTypes,
  pixelsOf,
  tiles,
  valuesOf,
} from "../ops/define.ts";
import { hardwareOf } from "../ops/index.ts";
import { codedBits, histogramOf } from "../weights/code.ts";
import { beatBytes, bytesOf, CODE_GAP, defaultPort, sharedAmong, WORDS_GAP } from "../weights/external.ts";
import { isExternal } from "../weights/homes.ts";
import { joinDepths } from "./fifo.ts";
import { conversion, type Lanes, Neighbours } from "./neighbours.ts";

/** The ports to memory beside the chip, and what they give. */
export interface MemoryOptions {
  /** All ports are alike: one where left out. */
  readonly port?: MemoryPort | undefined;
  readonly ports?: number | undefined;
  /** MB a second that all ports give together, and one of them, at most; absent: a beat a clock. */
  readonly bandwidth?: number | undefined;
  readonly portBandwidth?: number | undefined;
}

export interface ScheduleOptions extends MemoryOptions {
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

/** What limits a design whose weights come no faster from memory beside the chip. */
export const MEMORY = "(bandwidth of the external memory)";

/** Bytes of weights that a frame reads from memory beside the chip, and the clocks that they take. */
export interface Traffic {
  readonly bytes: number;
  readonly clocks: number;
  /** The layer that takes so many clocks for its beats alone, where that is what binds. */
  readonly slowest: { readonly name: string; readonly beats: number } | undefined;
  /** Of all ports together. */
  readonly bytesPerClock: number;
  /** What gives no more: the memory, or the ports to it. */
  readonly bound: "memory" | "ports";
  readonly ports: readonly PortTraffic[];
}

/** What a port reads, and the names of its layers. */
export interface PortTraffic {
  readonly layers: readonly string[];
  readonly bytes: number;
  readonly bytesPerClock: number;
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
  /** Absent where no weights are in memory beside the chip. */
  readonly traffic?: Traffic;
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
  const traffic = trafficOf(net, options);
  const slowest = traffic?.clocks ?? 0;
  if (options.fps !== undefined && slowest > clocks) {
    // What is needed is rounded up, what there is down, but for what a double adds.
    const atLeast = (n: number) => Math.ceil(n * 10 - 1e-6) / 10;
    const atMost = (n: number) => Math.floor(n * 10 + 1e-6) / 10;
    const { bytes, bytesPerClock, ports } = traffic!;
    // Ports share the bandwidth by what they read; one that takes longer than the mean is as fast as it gets.
    const whole = { bytes, bytesPerClock };
    const time = (p: typeof whole) => p.bytes / p.bytesPerClock;
    const slow = ports.find((p) => time(p) > (1 + 1e-9) * time(whole)) ?? whole;
    const { slowest: layer, bound } = traffic!;
    const faster = layer
      ? "wider --memory-bits"
      : bound === "memory"
        ? "a higher --bandwidth"
        : "more --memory-ports, wider --memory-bits";
    const where = ports.length > 1 && slow.bytes < bytes ? `, of ${bytes} in all over ${ports.length} ports` : "";
    report.error({
      code: "AN5002",
      message: `${options.fps} frames a second are out of reach: the weights in external memory come no faster`,
      path: net.nodes.find(isExternal)!.path,
      ...(layer
        ? {
            expected: `at most ${Math.floor((options.clockMHz * 1e6) / slowest)}: ${JSON.stringify(layer.name)} reads ${layer.beats} beats a frame`,
            found: clocksText(clocks),
          }
        : {
            expected: `${atLeast((slow.bytes * options.fps) / 1e6)} MB/s: ${slow.bytes} bytes a frame${where}`,
            found: `${atMost(slow.bytesPerClock * options.clockMHz)} MB/s`,
          }),
      hint: `--fps ${Math.floor((options.clockMHz * 1e6) / slowest)}, ${faster}, or fewer layers with home external`,
    });
    return undefined;
  }
  const folded = fold(net, Math.max(clocks, slowest), several, report, options.price);
  if (!folded) return undefined;
  const found = folded.interval < slowest ? { ...folded, interval: slowest, bottleneck: MEMORY } : folded;
  if (options.fps !== undefined && found.interval > clocks) {
    const best = Math.floor((options.clockMHz * 1e6) / found.interval);
    report.error({
      code: "AN5002",
      message: `${options.fps} frames a second are out of reach at ${options.clockMHz} MHz`,
      path: net.nodes.find((n) => n.name === found.bottleneck)?.path ?? ["input"],
      expected: `at most ${best}: ${JSON.stringify(found.bottleneck)} needs ${clocksText(found.interval)} at least`,
      found: clocksText(clocks),
      hint: `--fps ${best}, or a higher --clock`,
    });
    return undefined;
  }
  const planned = new Map(found.nodes.map((n) => [n.node, n]));
  return {
    ...found,
    clockMHz: options.clockMHz,
    ...(traffic ? { traffic } : {}),
    joinDepths: joinDepths(net, (n) => planned.get(n)!),
  };
}

/** What a frame reads from memory beside the chip; undefined where that is nothing. */
export function trafficOf(
  net: QuantizedNetwork,
  { port = defaultPort, ports = 1, bandwidth, portBandwidth, clockMHz }: ScheduleOptions,
): Traffic | undefined {
  const layers = net.nodes.flatMap((n) =>
    isExternal(n) && "weights" in n ? [{ name: n.name, bytes: readBytes(n, port), gaps: gapsOf(n) }] : [],
  );
  if (layers.length === 0) return undefined;
  const aClock = (MBs = Number.POSITIVE_INFINITY) => MBs / clockMHz;
  const one = Math.min(aClock(portBandwidth), aClock(bandwidth), port.dataBits / 8);
  const together = Math.min(aClock(bandwidth), ports * one);
  const sum = (of: readonly { readonly bytes: number }[]) => of.reduce((n, { bytes }) => n + bytes, 0);
  const bytes = sum(layers);
  const shares = sharedAmong(
    layers.map((l) => l.bytes),
    ports,
  ).map((places) => places.map((i) => layers[i]!));
  const each = shares.map((of) => ({
    layers: of.map(({ name }) => name),
    bytes: sum(of),
    bytesPerClock: Math.min(one, (together * sum(of)) / bytes),
  }));
  const clocks = Math.max(Math.ceil(bytes / together), ...each.map((p) => Math.ceil(p.bytes / one)));
  // A beat a clock enters a layer, and none between two readings.
  const beatsOf = (l: { readonly bytes: number }) => (8 * l.bytes) / port.dataBits;
  const slowest = layers.reduce((a, b) => (beatsOf(b) + b.gaps > beatsOf(a) + a.gaps ? b : a));
  const own = beatsOf(slowest) + slowest.gaps;
  return {
    bytes,
    bytesPerClock: each.reduce((n, p) => n + p.bytesPerClock, 0),
    bound:
      bytes / together >= Math.max(...each.map((p) => p.bytes / one)) && together < ports * one ? "memory" : "ports",
    clocks: Math.max(clocks, own),
    slowest: own > clocks ? { name: slowest.name, beats: beatsOf(slowest) } : undefined,
    ports: each,
  };
}

/** Clocks of a frame in which no beat of a layer's weights enters. */
const gapsOf = ({ overrides: { bands = 1, coded } }: SadNode | MacNode): number =>
  bands * (coded ? CODE_GAP : WORDS_GAP);

const readBytes = ({ weights, overrides }: SadNode | MacNode, port: MemoryPort): number =>
  (overrides.bands ?? 1) *
  (overrides.coded
    ? beatBytes(codedBits(histogramOf(weights.rows, weights.bits), weights.bits), port)
    : bytesOf(sizeOf(weights), port));

const sizeOf = ({ rows, bits }: { readonly rows: readonly Int32Array[]; readonly bits: number }) => ({
  rows: rows.length * rows[0]!.length,
  wordBits: bits,
});

const clocksText = (n: number): string => `${n} clock${n === 1 ? "" : "s"} a frame`;

/** A node with all folds that it may have, one pixel a beat first; clocks without width converters. */
interface Open {
  readonly node: QuantizedNode;
  readonly types: NodeTypes;
  readonly all: readonly NodeSchedule[];
}

type Folded = Omit<Schedule, "clockMHz" | "joinDepths">;

/** The folds of least logic for so many clocks a frame, or else for the fewest that the network can reach. */
function fold(
  net: QuantizedNetwork,
  clocks: number,
  several: boolean,
  report: Report,
  price: Price | undefined,
): Folded | undefined {
  const open = net.nodes.flatMap((node) => openFolds(net, node, several, report) ?? []);
  if (report.failed) return undefined;
  const input = net.edges[net.inputEdge]!;
  const channels = input.shape[2];
  const legalLanes = divisors(channels);
  if (several) legalLanes.push(...tiles(input.shape, channels * input.bits).map((n) => n * channels));
  const entries = legalLanes.map((l) => ({ lanesIn: l, lanesOut: l, cycles: valuesOf(input) / l }));
  const around = Neighbours.of(net, [entries, ...open.map((o) => o.all)]);
  const at = (most: number, by?: Price): Folded | undefined => {
    const left = around.within(most);
    return left && choose(net, open, entries, most, by, left);
  };
  const found = at(clocks, price) ?? at(clocks);
  if (found) return found;
  // Each node as fast as it can be behind the one before: some rate is reached so.
  let best = choose(net, open, entries, clocks, undefined, undefined)!;
  for (let low = clocks; best.interval - low > 1; ) {
    const middle = Math.floor((low + best.interval) / 2);
    const next = at(middle);
    if (next) best = next;
    else low = middle;
  }
  return at(best.interval, price) ?? best;
}

/** Undefined after a message. */
function openFolds(net: QuantizedNetwork, node: QuantizedNode, several: boolean, report: Report): Open | undefined {
  const op = hardwareOf(node);
  if (!op) {
    report.error({
      code: "AN4004",
      message: `there is no hardware for ${JSON.stringify(node.op)} yet (layer ${JSON.stringify(node.name)})`,
      path: node.path,
      hint: "addernet infer computes this network; addernet build cannot",
    });
    return undefined;
  }
  const types = typesOf(net, node);
  if (!bandsFit(node, types, report)) return undefined;
  const folds = legalOf(node, op.folds(node, types), several, report);
  return folds && { node, types, all: folds.map((f) => ({ node, types, fold: f, ...op.plan(node, types, f) })) };
}

/**
 * A fold for each node in their order, the cheapest one that is fast enough behind what feeds it. `left`: those that
 * leave a fold for every neighbour; undefined where the choice among them ends with none.
 */
function choose(
  net: QuantizedNetwork,
  open: readonly Open[],
  entries: readonly Lanes[],
  clocks: number,
  price: Price | undefined,
  left: Neighbours | undefined,
): Folded | undefined {
  // The input enters as narrow as the rate allows.
  const entry = entries.find((e) => e.cycles <= clocks && (left?.allows(0, e) ?? true)) ?? entries.at(-1)!;
  let around = left?.chosen(0, entry.lanesIn, entry.lanesOut);
  if (left && !around) return undefined;
  const lanesOf = new Map<string, number>([[net.inputEdge, entry.lanesOut]]);
  let [interval, bottleneck] = [entry.cycles, net.inputEdge];
  const nodes: NodeSchedule[] = [];
  for (const [i, { node, types, all }] of open.entries()) {
    const producers = node.inputs.map((e) => lanesOf.get(e)!);
    const possible: Candidate[] = [];
    let enough = false;
    for (const c of all) {
      // One pixel a beat wherever it is enough.
      if (c.fold.pixels > 1 && enough) break;
      if (around && !around.allows(i + 1, c)) continue;
      const converters = producers.map((from, k) => conversion(types.inputs[k]!.shape, from, c.lanesIn));
      const cycles = Math.max(c.cycles, ...converters);
      if (around && cycles > clocks) continue;
      possible.push({ ...c, cycles, converts: producers.some((l) => l !== c.lanesIn) });
      if (c.fold.pixels === 1 && cycles <= clocks) enough = true;
    }
    const best = (from: readonly Candidate[]) => cheapest(from, clocks, producers, price);
    const taken = around ? pick(possible, best, around, i + 1) : { choice: best(possible), around };
    if (!taken) return undefined;
    around = taken.around;
    const { converts: _, ...kept } = taken.choice;
    nodes.push(kept);
    lanesOf.set(node.output, kept.lanesOut);
    if (kept.cycles > interval) [interval, bottleneck] = [kept.cycles, node.name];
  }
  return { nodes, inputLanes: entry.lanesOut, interval, bottleneck };
}

/** The best that leaves something for every node behind it: where streams meet again, neighbours alone do not tell. */
function pick(
  possible: readonly Candidate[],
  best: (from: readonly Candidate[]) => Candidate,
  before: Neighbours,
  index: number,
): { choice: Candidate; around: Neighbours } | undefined {
  for (let open = possible; open.length > 0; ) {
    const choice = best(open);
    const around = before.chosen(index, choice.lanesIn, choice.lanesOut);
    if (around) return { choice, around };
    open = open.filter((c) => c.lanesIn !== choice.lanesIn || c.lanesOut !== choice.lanesOut);
  }
  return undefined;
}

type Candidate = NodeSchedule & { readonly converts: boolean };

/**
 * Candidates that are priced, for pricing takes longer than counting: those of at most twice the fewest lanes (and four
 * more, where lanes are few), for twice the lanes are never less logic; sixteen of them at most, by lanes.
 */
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
  const most = PRICED.lanes * (best.cost ?? best.arithmeticLanes) + PRICED.more;
  const few = all
    .filter((c) => c.cycles <= clocks && (c.cost ?? c.arithmeticLanes) <= most)
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
  const key = (c: Candidate) => [c.cost ?? c.arithmeticLanes, c.converts ? 1 : 0, c.cycles, c.fold.pe];
  const [ka, kb] = [key(a), key(b)];
  for (let i = 0; i < ka.length; i++) if (ka[i] !== kb[i]) return ka[i]! < kb[i]!;
  return false;
}

/** Where a fold was asked for: a key of the network file, or an option. */
function placeOf(node: QuantizedNode, key: "pe" | "simd" | "pixels" | "unroll" | "bands") {
  const { overrides, name, path } = node;
  if (!overrides.given?.includes(key)) return { path: [...path, key] };
  return { option: `--${key} ${name}${key === "unroll" ? "" : `=${overrides[key]}`}` };
}

/** Whether the parts of its map that were asked for are whole pixels of a layer that reads weights for each; reported. */
function bandsFit(node: QuantizedNode, { output }: NodeTypes, report: Report): boolean {
  const { bands } = node.overrides;
  if (bands === undefined || bands === 1) return true;
  const legal = isExternal(node) ? divisors(pixelsOf(output)) : [1];
  const ok = legal.includes(bands);
  if (!ok)
    report.error({
      code: "AN5001",
      message: isExternal(node)
        ? `the ${pixelsOf(output)} pixels that leave ${JSON.stringify(node.name)} are not cut into ${bands} bands`
        : `${JSON.stringify(node.name)} reads no weights for each band of its map: they are on the chip`,
      ...placeOf(node, "bands"),
      expected: isExternal(node) ? `one of ${legal.join(", ")}` : 'home "external", or no bands',
      found: String(bands),
    });
  return ok;
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
