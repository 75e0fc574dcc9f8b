// Which bits and which scale every result gets: what its readers ask for, what calibration saw, what it meets.
import type { Report } from "../diagnostics/diagnostics.ts";
import type { Graph, GraphNode } from "../ir/graph.ts";
import type { QuantizeOptions } from "../ir/quantize-options.ts";
import type { Accumulation } from "../layers/define.ts";
import { roleDataOf, traitsOf } from "./roles/traits.ts";
import { chooseScale, type LayerStats, type Quantization } from "./scale.ts";
import { consumersOf } from "./units.ts";

/** Real results of every layer (and the input) on the calibration images, by name. */
export type Calibration = ReadonlyMap<string, LayerStats>;

/** Share of a range that a scale may clip rather than being doubled. */
const CLIPPED = 0.05;

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

  /** Nothing but an index or the network's end reads the result. */
  endsNetwork(node: GraphNode): boolean {
    return this.#consumers.get(node.name)!.every((c) => {
      const end = traitsOf(c).behindLogits(roleDataOf(c));
      return end === "index" || (end === "same values" && this.endsNetwork(c));
    });
  }

  /** Bits and scale of a layer's result; those of a concat where nothing else reads it, so that it is rounded once. */
  chosen(layer: GraphNode): Choice {
    const { name, path } = this.#onlyConcat(layer) ?? layer;
    const bits = this.bitsWanted(name);
    return { bits, quantization: this.scaleFor(this.#calibration.get(name)!, bits, name, path) };
  }

  /** The same behind an accumulation; where all channels have one gain, a scale under which no mode rounds it. */
  alike(layer: GraphNode, acc: Accumulation, scale: readonly number[]): Choice {
    const chosen = this.chosen(layer);
    const gains = acc.gain.map((g, c) => Math.abs(g * scale[c]!));
    if (this.#meeting.has(layer.name) || gains[0] === 0 || gains.some((g) => g !== gains[0])) return chosen;
    return { ...chosen, quantization: this.exactRatio(chosen.quantization, gains[0]!, chosen.bits) };
  }

  /** A scale that is `base` times a power of two, in the modes that multiply by nothing else. */
  exactRatio(chosen: Quantization, base: number, bits: number): Quantization {
    return this.#options.mode === "full" ? chosen : stepsApart(chosen, base, bits);
  }

  scaleFor(stats: LayerStats, bits: number, name: string, path: GraphNode["path"]): Quantization {
    if (stats.min === 0 && stats.max === 0)
      this.#report.warn({
        code: "AN4005",
        message: `calibration saw only zeros behind ${JSON.stringify(name)}`,
        path,
        hint: "use more or other calibration images",
      });
    const chosen = chooseScale(stats, bits, this.#options.method, this.#options.percentile);
    // Scales that meet are powers of two apart, so that the modes without multipliers bring them together exactly.
    if (this.#options.mode === "full" || !this.#meeting.has(name)) return chosen;
    return stepsApart(chosen, this.#graph.input.scale[0]!, bits);
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

/** The scale that is `base` times a power of two and next above, with the zero point where it was. */
function stepsApart({ scale, zeroPoint }: Quantization, base: number, bits: number): Quantization {
  const wider = base * 2 ** Math.ceil(Math.log2((scale * (1 - CLIPPED)) / base));
  return { scale: wider, zeroPoint: Math.min(2 ** bits - 1, Math.round((zeroPoint * scale) / wider)) };
}
