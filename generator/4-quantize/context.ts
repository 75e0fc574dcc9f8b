// The integer network while it is being built: edges, nodes, names, and what the roles share.
import { level, rangeOfBits, requant as requantArith, WORD_MAX } from "../../golden/arith/index.ts";
import type { Report } from "../diagnostics/diagnostics.ts";
import type { Graph, GraphNode } from "../ir/graph.ts";
import type { QuantizeOptions } from "../ir/quantize-options.ts";
import type { QuantizedNetwork, QuantizedNode, Requant } from "../ir/quantized.ts";
import type { EdgeType, IntRange, Shape } from "../ir/tensor.ts";
import { plainAccumulation } from "../layers/accumulate.ts";
import type { Accumulation, NodeIdentity, Requantization } from "../layers/define.ts";
import { fuseRequant, type MultiplierError } from "../layers/fuse.ts";
import type { Quantization } from "./scale.ts";
import { type Calibration, type Choice, largestOf, Scales } from "./scales.ts";
import type { Unit } from "./units.ts";

/**
 * Follows the integer network over the calibration images while it is being built.
 */
export interface IntegerProbe {
  /** Mean of the accumulator of `node` for each channel; undefined where the node has none. */
  accumulatorMeans(node: QuantizedNode, edges: Readonly<Record<string, EdgeType>>): Float64Array | undefined;
  /** Mean of the node's output for each channel, in integers. */
  outputMeans(node: QuantizedNode, edges: Readonly<Record<string, EdgeType>>): Float64Array;
  /** Computes the node's output for the nodes behind it. */
  advance(node: QuantizedNode, edges: Readonly<Record<string, EdgeType>>): void;
}

/** Real limits of an activation, and slopes below zero for each channel. */
export interface Limits {
  readonly lower: number;
  readonly upper: number;
  readonly slopes?: readonly number[];
}
export const FREE: Limits = { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };

/** What a multiplier is off at most where the layer's gains are not too far apart for the mode. */
const EXPECTED = { full: 0.01, csd2: 0.1, pow2: 0.34 } as const;

export class Context {
  readonly graph: Graph;
  readonly calibration: Calibration;
  readonly options: QuantizeOptions;
  readonly report: Report;
  readonly probe: IntegerProbe | undefined;
  readonly scales: Scales;
  readonly edges: Record<string, EdgeType> = Object.create(null);
  readonly nodes: QuantizedNode[] = [];
  /** The edge that carries a layer's result, by layer name. */
  readonly #edgeOf = new Map<string, string>();
  /** Edges with fewer bits made from others, by edge and bits. */
  readonly #reduced = new Map<string, string>();
  readonly #names = new Set<string>();
  readonly #like: QuantizedNetwork | undefined;
  readonly #onMultipliers: ((node: string, relativeError: number) => void) | undefined;

  constructor(
    graph: Graph,
    calibration: Calibration,
    options: QuantizeOptions,
    report: Report,
    probe?: (inputEdge: string) => IntegerProbe,
    onMultipliers?: (node: string, relativeError: number) => void,
    like?: QuantizedNetwork,
  ) {
    this.#like = like;
    this.#onMultipliers = onMultipliers;
    this.graph = graph;
    this.calibration = calibration;
    this.options = options;
    this.report = report;
    this.scales = new Scales(graph, calibration, options, report);
    this.probe = probe?.(graph.input.name);
    for (const name of [graph.input.name, ...graph.nodes.map((n) => n.name)]) this.#names.add(name);
  }

  /** What an edge of that name means in the network whose meaning is kept; else what `choose` says. */
  kept(edge: string, choose: () => Choice): Choice {
    const found = this.#like && Object.hasOwn(this.#like.edges, edge) ? this.#like.edges[edge] : undefined;
    if (!found || found.signed) return choose();
    return { bits: found.bits, quantization: { scale: found.scale, zeroPoint: found.zeroPoint } };
  }

  /** The shift of the node in the network whose meaning is kept. */
  shiftOf(node: string): number | undefined {
    const found = this.#like?.nodes.find((n) => n.name === node);
    return found && "requant" in found && found.requant.clamp ? found.requant.shift : undefined;
  }

  /** The edge of a layer's result. */
  edgeOf(layer: string): string {
    return this.#edgeOf.get(layer)!;
  }

  inputs(node: GraphNode): EdgeType[] {
    return node.inputs.map((n) => this.edges[this.edgeOf(n)]!);
  }

  /** A layer's result is carried by `edge`. */
  carry(layer: string, edge: string): void {
    this.#edgeOf.set(layer, edge);
  }

  adopt(unit: Unit, edge: string): void {
    for (const l of unit.layers) this.carry(l.name, edge);
  }

  freshName(base: string): string {
    let name = base;
    while (this.#names.has(name)) name += "_";
    this.#names.add(name);
    return name;
  }

  push(node: QuantizedNode, type: EdgeType): void {
    this.edges[node.output] = type;
    this.nodes.push(node);
    this.probe?.advance(node, this.edges);
  }

  /** The edges with one more, in place: a copy for each node of many thousand would take the square of their number. */
  with(name: string, type: EdgeType): Record<string, EdgeType> {
    this.edges[name] = type;
    return this.edges;
  }

  typed(shape: Shape, bits: number, { scale, zeroPoint }: Quantization, range: IntRange): EdgeType {
    return { shape, bits, signed: false, scale, zeroPoint, range };
  }

  /** `bits`: the most that the unit takes from its inputs. */
  identity(unit: Unit, bits?: number): NodeIdentity {
    const { first } = unit;
    return {
      name: first.name,
      inputs: first.inputs.map((n) => (bits === undefined ? this.edgeOf(n) : this.#operandEdge(n, bits))),
      output: unit.last.name,
      layers: unit.layers.map((l) => l.name),
      path: first.path,
      overrides: first.overrides,
    };
  }

  /** A requantize node of its own that no layer asked for. @param center input values at which it is right at least */
  requantizeEdge(
    edge: string,
    name: string,
    acc: Accumulation,
    chosen: Choice,
    { layers, path }: { readonly layers: readonly string[]; readonly path: GraphNode["path"] },
    center?: readonly number[],
  ): string {
    const { shape } = this.edges[edge]!;
    const { bits, quantization } = this.kept(name, () => chosen);
    const wished = { ...this.requantization(quantization, bits, FREE, shape[2]), shift: this.shiftOf(name) };
    const { requant, error } = fuseRequant(acc, wished, center);
    this.multipliers(name, error, path);
    const id: NodeIdentity = { name, inputs: [edge], output: name, layers, path, overrides: {} };
    this.push(acc.node(id, requant), this.typed(shape, bits, quantization, requantArith.range(requant, acc.range)));
    return name;
  }

  /**
   * The edge that an array layer reads: the producer's own, or one with fewer bits where the producer serves readers
   * that want more. Made once for each number of bits.
   */
  #operandEdge(layer: string, bits: number): string {
    const edge = this.edgeOf(layer);
    const type = this.edges[edge]!;
    if (type.signed || type.bits <= bits) return edge;
    const key = `${edge}/${bits}`;
    const made = this.#reduced.get(key);
    if (made) return made;
    const name = this.freshName(`${edge}_${bits}bit`);
    const path = this.graph.nodes.find((n) => n.name === layer)?.path ?? ["input"];
    const seen = this.scales.scaleFor(this.calibration.get(layer)!, bits, layer, path, largestOf([type]));
    const quantization = this.scales.exactRatio(seen, type.scale, bits);
    this.requantizeEdge(edge, name, plainAccumulation(type), { bits, quantization }, { layers: [layer], path });
    this.#reduced.set(key, name);
    return name;
  }

  requantization(quantization: Quantization, bits: number, limits: Limits, channels: number): Requantization {
    const at = (v: number) => level.within(v, quantization, rangeOfBits(bits));
    return {
      scale: quantization.scale,
      zeroPoint: quantization.zeroPoint,
      clamp: { min: at(limits.lower), max: at(limits.upper) },
      affine: { scale: new Array<number>(channels).fill(1), offset: new Array<number>(channels).fill(0) },
      ...(limits.slopes ? { negativeSlope: limits.slopes } : {}),
      mode: this.options.mode,
      multiplierBits: this.options.multiplierBits,
    };
  }

  /** Whether products and sums of the requantize step stay exact doubles. */
  holds(r: Requant, range: IntRange): boolean {
    const largest = Math.max(Math.abs(range.min), Math.abs(range.max));
    const holds = (p: { readonly multiplier: readonly number[]; readonly bias: readonly number[] }) =>
      p.multiplier.every((m, c) => largest * Math.abs(m) + Math.abs(p.bias[c]!) <= WORD_MAX);
    return largest <= WORD_MAX && holds(r) && (!r.negative || holds(r.negative));
  }

  /** The same, reported where it is not so. */
  exact(unit: Unit, r: Requant, range: IntRange): boolean {
    if (this.holds(r, range)) return true;
    this.report.error({
      code: "AN4003",
      message: `the exact integers of ${JSON.stringify(unit.first.name)} need more than 52 bits`,
      path: unit.first.path,
      expected: `accumulator, multiplier and constant of ${unit.layers.map((l) => JSON.stringify(l.name)).join(", ")} within 52 bits together`,
      hint: "use fewer bits, or look at the weights and the batch norm of these layers",
    });
    return false;
  }

  multipliers(node: string, { relative, channel }: MultiplierError, path: GraphNode["path"]): void {
    this.#onMultipliers?.(node, relative);
    if (relative <= EXPECTED[this.options.mode]) return;
    this.report.warn({
      code: "AN4006",
      message: `the multiplier of channel ${channel} of ${JSON.stringify(node)} is ${(relative * 100).toPrecision(2)} % off`,
      path,
      expected: `at most ${EXPECTED[this.options.mode] * 100} % in mode "${this.options.mode}"`,
      hint: "the gains of the layer's channels are far apart: more multiplier bits, or look at its batch norm",
    });
  }
}
