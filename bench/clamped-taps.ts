// How many taps of real networks compare nothing, and what a fold could skip of them.
//
//   npx tsx bench/clamped-taps.ts [--bits 8,6,4] [--networks lenet5-mnist,resnet8-mnist,tiny-mnist,resnet20]
//                                 [--fps 10,100,1000] [--json]
//
// A weight that the clamp put on 0 gives |x - 0| = x, one on qmax gives qmax - x. A beat (PE x SIMD weights of one clock)
// can be skipped where all of them are such; the shares are of clocks: a layer's beats count once for each window.
// "0": all weights of the beat are 0; "0/q": all are 0 or qmax. "sorted": output channels brought by a greedy search into
// groups of PE that leave most such beats. resnet20 needs the published checkpoint in data/ of $ADDERNET_SHARED.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { schedule } from "../generator/5-schedule/schedule.ts";
import { readBeside, readImages } from "../generator/cli/files.ts";
import { Report } from "../generator/diagnostics/diagnostics.ts";
import { networkFiles, planNetwork, readCheckpoint } from "../generator/import/pytorch/index.ts";
import { type Loaded, load, type QuantizedNetwork, type Result, toIntegers } from "../generator/index.ts";
import type { SadNode } from "../generator/ir/quantized.ts";

const { values: options } = parseArgs({
  options: {
    bits: { type: "string", default: "8,6,4" },
    networks: { type: "string", default: "lenet5-mnist,resnet8-mnist,tiny-mnist,resnet20" },
    fps: { type: "string", default: "10,100,1000" },
    json: { type: "boolean", default: false },
  },
});
const numbers = (list: string): number[] => list.split(",").map(Number);
const root = join(import.meta.dirname, "..");
const published = join(process.env.ADDERNET_SHARED ?? join(root, "..", "shared"), "data", "resnet20-cifar10");
const CLOCK_MHZ = 100;
const FIXED_FOLDS = [1, 2, 4, 8];

function open<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join("\n"));
  return result.value;
}

/** A network before its weights are integers, and the images that set its scales. */
function read(name: string): { loaded: Loaded; calibration: string } | undefined {
  if (name !== "resnet20") {
    const path = join(root, "examples", name, "network.json");
    const loaded = open(load(readFileSync(path, "utf8"), readBeside(path)));
    return { loaded, calibration: join(root, "examples", name, loaded.quantization.calibration!) };
  }
  if (!existsSync(published)) return undefined;
  const { tensors } = readCheckpoint(readFileSync(join(published, "ResNet20-AdderNet.pth")));
  const files = networkFiles(planNetwork(new Map(tensors), name), name);
  const loaded = open(load(new TextDecoder().decode(files.get("network.json")), (path) => files.get(path)!));
  return { loaded, calibration: join(published, "calibration_images.npy") };
}

/** Values that a weight takes where it compares nothing. */
type Kind = "0" | "0/q";
const kinds: readonly Kind[] = ["0", "0/q"];

interface Layer {
  readonly node: SadNode;
  readonly qmax: number;
  readonly windows: number;
}

const layersOf = (net: QuantizedNetwork): Layer[] =>
  net.nodes.flatMap((node) => {
    if (node.op !== "sad") return [];
    const [h, w] = net.edges[node.output]!.shape;
    return [{ node, qmax: 2 ** net.edges[node.inputs[0]!]!.bits - 1, windows: h * w }];
  });

/** For every output channel the beats of SIMD taps whose weights are all of a kind: 1 where they are. */
function still({ node, qmax }: Layer, simd: number, kind: Kind): Uint8Array[] {
  return node.weights.rows.map((row) =>
    Uint8Array.from({ length: Math.ceil(row.length / simd) }, (_, b) =>
      row.subarray(b * simd, (b + 1) * simd).every((w) => w === 0 || (kind === "0/q" && w === qmax)) ? 1 : 0,
    ),
  );
}

const common = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((v, i) => v & b[i]!);
const ones = (a: Uint8Array): number => a.reduce((sum, v) => sum + v, 0);

/** Beats that can be skipped in groups of PE channels, in the order given or in the best one that a greedy search finds. */
function skipped(channels: readonly Uint8Array[], pe: number, sorted: boolean): number {
  const left = [...channels];
  let sum = 0;
  const take = (i: number): Uint8Array => left.splice(i, 1)[0]!;
  while (left.length > 0) {
    const best = (score: (c: Uint8Array) => number): number => {
      if (!sorted) return 0;
      const scores = left.map(score);
      return scores.indexOf(Math.max(...scores));
    };
    let group = take(best(ones));
    for (let p = 1; p < pe && left.length > 0; p++) group = common(group, take(best((c) => ones(common(c, group)))));
    sum += ones(group);
  }
  return sum;
}

interface Shares {
  readonly clocks: number;
  /** Clocks of beats that could be skipped, by kind, as the channels stand and sorted. */
  readonly plain: Readonly<Record<Kind, number>>;
  readonly sorted: Readonly<Record<Kind, number>>;
}

function shares(layer: Layer, pe: number, simd: number): Shares {
  const { rows } = layer.node.weights;
  const groups = Math.ceil(rows.length / pe);
  const of = (sorted: boolean) =>
    Object.fromEntries(kinds.map((k) => [k, layer.windows * skipped(still(layer, simd, k), pe, sorted)])) as Record<
      Kind,
      number
    >;
  return { clocks: layer.windows * groups * Math.ceil(rows[0]!.length / simd), plain: of(false), sorted: of(true) };
}

function sum(list: readonly Shares[]): Shares {
  const add = (which: "plain" | "sorted") =>
    Object.fromEntries(kinds.map((k) => [k, list.reduce((n, s) => n + s[which][k], 0)])) as Record<Kind, number>;
  return { clocks: list.reduce((n, s) => n + s.clocks, 0), plain: add("plain"), sorted: add("sorted") };
}

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`.padStart(8);
const print = (line: string): void => {
  if (!options.json) console.log(line);
};
const results: object[] = [];

function row(network: string, bits: number, fold: string, s: Shares, note = ""): void {
  results.push({ network, bits, fold, ...s, ...(note ? { note } : {}) });
  const columns = [
    ...kinds.map((k) => percent(s.plain[k], s.clocks)),
    ...kinds.map((k) => percent(s.sorted[k], s.clocks)),
  ];
  print(
    `${network.padEnd(14)} ${String(bits).padStart(4)}  ${fold.padEnd(10)} ${columns.join("  ")}  ${note}`.trimEnd(),
  );
}

/** A frame's clocks at a rate, and those left if every beat of a kind took none. */
function scheduled(network: string, bits: number, net: QuantizedNetwork, fps: number): void {
  const report = new Report();
  const plan = schedule(net, { fps, clockMHz: CLOCK_MHZ }, report);
  if (!plan) return;
  const layers = layersOf(net);
  const each = plan.nodes.map((n) => {
    const layer = layers.find((l) => l.node === n.node);
    return { cycles: n.cycles, shares: layer && shares(layer, n.fold.pe, n.fold.simd), fold: n.fold };
  });
  const input = Math.min(...each.map((e) => e.cycles), plan.interval);
  const left = (kind: Kind): number =>
    Math.max(
      input,
      ...each.map((e) => (e.shares ? e.cycles * (1 - e.shares.sorted[kind] / e.shares.clocks) : e.cycles)),
    );
  const folds = each.filter((e) => e.shares).map((e) => `${e.fold.pe}x${e.fold.simd}`);
  const note = `frame ${plan.interval} clocks, sorted and skipped ${kinds.map((k) => `${k}: ${Math.round(left(k))}`).join(", ")}; folds ${[...new Set(folds)].join(" ")}`;
  row(network, bits, `${fps} fps`, sum(each.flatMap((e) => e.shares ?? [])), note);
}

print("share of the clocks of the adder layers whose beat compares nothing");
print("network        bits  PE x SIMD     all 0   all 0/q  0 sorted  0/q sorted");
for (const name of options.networks.split(",")) {
  const found = read(name);
  if (!found) {
    console.warn(`${published} is missing: ${name} is left out`);
    continue;
  }
  const { graph, quantization } = found.loaded;
  const images = readImages(found.calibration, graph.input, 64);
  for (const bits of numbers(options.bits)) {
    const { calibration: _, ...stated } = quantization;
    const net = open(toIntegers(graph, images, { ...stated, bits }));
    const layers = layersOf(net);
    const all = layers.flatMap((l) => l.node.weights.rows.map((r) => ({ r, qmax: l.qmax })));
    const weights = all.reduce((n, { r }) => n + r.length, 0);
    const zeros = all.reduce((n, { r }) => n + r.filter((w) => w === 0).length, 0);
    const tops = all.reduce((n, { r, qmax }) => n + r.filter((w) => w === qmax).length, 0);
    results.push({ network: name, bits, weights, zeros, tops });
    print(
      `${name}, ${bits} bits: ${weights} weights of adder layers, ${percent(zeros, weights).trim()} are 0, ${percent(tops, weights).trim()} qmax`,
    );
    for (const n of FIXED_FOLDS) row(name, bits, `${n} x ${n}`, sum(layers.map((l) => shares(l, n, n))));
    for (const fps of numbers(options.fps)) scheduled(name, bits, net, fps);
  }
}
if (options.json) console.log(JSON.stringify(results, undefined, 1));
