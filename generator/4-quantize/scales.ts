// Which bits and which scale every result gets: what its readers ask for, what calibration saw, what it meets.
import type { Report } from "../diagnostics/diagnostics.ts";
import type { Graph, GraphNode } from "../ir/graph.ts";
import type { QuantizeOptions } from "../ir/quantize-options.ts";
import type { EdgeType } from "../ir/tensor.ts";
import type { Accumulation } from "../layers/define.ts";
import { nearestMultiplier } from "../layers/fuse.ts";
import { roleDataOf, traitsOf } from "./roles/traits.ts";
import { chooseScale, type LayerStats, type Quantization } from "./scale.ts";
import { consumersOf } from "./units.ts";

/** Real results of every layer (and the input) on the calibration images, by name. */
export type Calibration = ReadonlyMap<string, LayerStats>;

/** Share of a range that a scale may clip rather than being doubled. */
const CLIPPED = 0.05;

/** Scales that are tried within a factor of two. */
const SCALES = 16;

/** Share of the largest result below which a range is the noise of doubles, with room for many sums. */
const NOISE = 2 ** -40;

/** The largest real value that edges hold. */
export const largestOf = (edges: readonly EdgeType[]): number => Math.max(...edges.map((x) => x.scale * 2 ** x.bits));

export interface Choice {
  readonly bits: number;
  readonly quantization: Quantization;
}

export class Scales {
  readonly #graph: Graph;
  readonly #calibration: Calibration;
  readonly #options: QuantizeOptions;
  readonly #report: Report;
  readonly #consumers: ReadonlyMap<string, readonly GraphNode[]>;
  /** Layers whose results meet others in a join or a concat, and those results. */
  readonly #meeting: ReadonlySet<string>;

  constructor(graph: Graph, calibration: Calibration, options: QuantizeOptions, report: Report) {
    this.#graph = graph;
    this.#calibration = calibration;
    this.#options = options;
    this.#report = report;
    this.#consumers = consumersOf(graph);
    this.#meeting = meetingOf(graph, this.#consumers);
  }

  /** Bits that the readers of a layer's result ask for, looking through layers that keep its meaning. */
  bitsWanted(name: string): number {
    const asked: number[] = [];
    const look = (at: string) => {
      for (const c of this.#consumers.get(at) ?? []) {
        if (c.overrides.bits !== undefined) asked.push(c.overrides.bits);
        else if (traitsOf(c).keepsIntegers) look(c.name);
        else asked.push(this.operandBits(c));
      }
    };
    look(name);
    const { outputBits } = this.#options;
    if (outputBits !== undefined && this.#leaves(name)) asked.push(outputBits);
    return asked.length > 0 ? Math.max(...asked) : this.#options.bits;
  }

  /**
   * Bits of what a layer reads. More bits cost a join or a mean little and save accuracy; the few multiplying layers
   * of an AdderNet, its first and its last, lose most by few bits.
   */
  operandBits(node: GraphNode): number {
    const { bits, joinBits, productBits } = this.#options;
    if (node.overrides.bits !== undefined) return node.overrides.bits;
    const least = { sum: joinBits, products: productBits, distances: bits };
    return Math.max(bits, least[traitsOf(node).meets(roleDataOf(node))]);
  }

  /** A layer's result is an output, or one that keeps its integers. */
  #leaves(name: string): boolean {
    const next = this.#consumers.get(name) ?? [];
    return this.#graph.outputs.includes(name) || next.some((c) => traitsOf(c).keepsIntegers && this.#leaves(c.name));
  }

  /** Nothing but an index or the network's end reads the result, and it may leave as raw sums. */
  endsNetwork(node: GraphNode): boolean {
    if (this.#options.outputBits !== undefined && this.#leaves(node.name)) return false;
    return this.#consumers.get(node.name)!.every((c) => {
      const end = traitsOf(c).behindLogits(roleDataOf(c));
      return end === "index" || (end === "same values" && this.endsNetwork(c));
    });
  }

  /**
   * Bits and scale of a layer's result, `largest` being what it could be; those of a concat where nothing else reads it,
   * so that it is rounded once.
   */
  chosen(layer: GraphNode, largest: number): Choice {
    const { name, path } = this.#onlyConcat(layer) ?? layer;
    const bits = this.bitsWanted(name);
    return { bits, quantization: this.scaleFor(this.#calibration.get(name)!, bits, name, path, largest) };
  }

  /** The same behind an accumulation; where all channels have one gain, a scale under which no mode rounds it. */
  alike(layer: GraphNode, acc: Accumulation, scale: readonly number[]): Choice {
    const gains = acc.gain.map((g, c) => Math.abs(g * scale[c]!));
    const steps = Math.max(Math.abs(acc.range.min), Math.abs(acc.range.max));
    const sizes = gains.map((g, c) => g * steps + Math.abs(acc.offset[c]! * scale[c]!));
    const chosen = this.chosen(layer, Math.max(...sizes));
    if (this.#meeting.has(layer.name) || gains[0] === 0) return chosen;
    if (gains.some((g) => g !== gains[0])) {
      const { variance } = this.#calibration.get(layer.name)!;
      return { ...chosen, quantization: this.bestRatios(chosen.quantization, gains, variance, chosen.bits) };
    }
    return { ...chosen, quantization: this.exactRatio(chosen.quantization, gains[0]!, chosen.bits) };
  }

  /**
   * The scale, at most twice as coarse, under which the multipliers of the modes without multiplication are nearest to
   * the gains: least squared error of the results, with that of rounding them.
   */
  bestRatios(chosen: Quantization, gains: readonly number[], variance: Float64Array, bits: number): Quantization {
    const { mode } = this.#options;
    if (mode === "full") return chosen;
    let best = chosen;
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0; k < SCALES; k++) {
      const scale = chosen.scale * 2 ** (k / SCALES);
      const error = gains.reduce((sum, g, c) => {
        const off = g === 0 ? 0 : nearestMultiplier(g / scale, mode) / (g / scale) - 1;
        return sum + off * off * variance[c % variance.length]! + (scale * scale) / 12;
      }, 0);
      if (error < least) [least, best] = [error, rescaled(chosen, scale, bits)];
    }
    return best;
  }

  /** A scale that is `base` times a power of two, in the modes that multiply by nothing else. */
  exactRatio(chosen: Quantization, base: number, bits: number): Quantization {
    return this.#options.mode === "full" ? chosen : stepsApart(chosen, base, bits);
  }

  /**
   * Scale of a result of `bits` that could be as large as `largest`. A range far below it is the noise of doubles around
   * a constant: under its own scale the integers would not be exact.
   */
  scaleFor(
    seen: LayerStats,
    bits: number,
    name: string,
    path: GraphNode["path"],
    largest: number,
    method = this.#options.method,
  ): Quantization {
    const dead = seen.min === 0 && seen.max === 0;
    const stats = dead ? { ...seen, max: this.#unseenRange(name) } : seen;
    if (dead)
      this.#report.warn({
        code: "AN4005",
        message: `calibration saw only zeros after ${JSON.stringify(name)}`,
        path,
        hint: "use more or other calibration images",
      });
    const ranged = chooseScale(stats, bits, dead ? "max" : method, this.#options.percentile);
    const least = largest * NOISE;
    const chosen =
      ranged.scale < least
        ? { scale: least, zeroPoint: Math.round((ranged.zeroPoint * ranged.scale) / least) }
        : ranged;
    // Scales that meet are powers of two apart, so that the modes without multipliers bring them together exactly.
    if (this.#options.mode === "full" || !this.#meeting.has(name)) return chosen;
    return stepsApart(chosen, this.#graph.input.scale[0]!, bits);
  }

  /** Upper end of a range of which calibration saw only zeros: of what its activation reads, of the weights it meets. */
  #unseenRange(name: string): number {
    const node = this.#graph.nodes.find((n) => n.name === name);
    const single = node && (traitsOf(node).fusesAs === "activation" || roleDataOf(node).role === "table");
    const before = single ? this.#calibration.get(node.inputs[0]!)! : { min: 0, max: 0 };
    return Math.max(Math.abs(before.min), Math.abs(before.max), this.#largestMet(name)) || 1;
  }

  /** Largest weight whose distance from a layer's results is taken, through layers that keep their integers. */
  #largestMet(name: string): number {
    let largest = 0;
    for (const c of this.#consumers.get(name) ?? []) {
      if (traitsOf(c).keepsIntegers) largest = Math.max(largest, this.#largestMet(c.name));
      else if (traitsOf(c).meets(roleDataOf(c)) === "distances")
        for (const w of c.tensors.weights?.data ?? []) largest = Math.max(largest, Math.abs(w));
    }
    return largest;
  }

  /** The concat that alone reads a layer's result, through layers that keep its integers. */
  #onlyConcat(layer: GraphNode): GraphNode | undefined {
    const [next, ...more] = this.#consumers.get(layer.name) ?? [];
    if (!next || more.some((c) => c !== next) || this.#graph.outputs.includes(layer.name)) return undefined;
    const { sharesScale, keepsIntegers } = traitsOf(next);
    if (sharesScale) return this.#onlyConcat(next) ?? next;
    return keepsIntegers ? this.#onlyConcat(next) : undefined;
  }
}

/** Layers whose results meet others in a join or a concat, through layers that keep their integers, and those results. */
function meetingOf(graph: Graph, consumers: ReadonlyMap<string, readonly GraphNode[]>): ReadonlySet<string> {
  const byName = new Map(graph.nodes.map((n) => [n.name, n]));
  const meeting = new Set<string>();
  for (const node of graph.nodes) {
    if (!traitsOf(node).meetsInputs) continue;
    meeting.add(node.name);
    // The activation behind a join is a part of it.
    for (const next of consumers.get(node.name)!) if (traitsOf(next).fusesAs === "activation") meeting.add(next.name);
    for (const input of node.inputs)
      for (let at: string | undefined = input; at !== undefined && !meeting.has(at); ) {
        meeting.add(at);
        const from = byName.get(at);
        at = from && traitsOf(from).keepsIntegers ? from.inputs[0] : undefined;
      }
  }
  return meeting;
}

/** The same range and zero point in steps of another size. */
const rescaled = ({ scale, zeroPoint }: Quantization, wanted: number, bits: number): Quantization => ({
  scale: wanted,
  zeroPoint: Math.min(2 ** bits - 1, Math.round((zeroPoint * scale) / wanted)),
});

/** The scale that is `base` times a power of two and next above, with the zero point where it was. */
const stepsApart = (chosen: Quantization, base: number, bits: number): Quantization =>
  rescaled(chosen, base * 2 ** Math.ceil(Math.log2((chosen.scale * (1 - CLIPPED)) / base)), bits);
