// Stage 4: real numbers become integers. Scales, folded weights, requantize constants, exact ranges. No float leaves it
// but the scales that tell what the integers mean.
import { requant as requantArith } from "../../golden/arith/index.ts";
import type { Report } from "../diagnostics/diagnostics.ts";
import type { Graph, GraphNode, WindowAttrs } from "../ir/graph.ts";
import type { QuantizeOptions } from "../ir/quantize-options.ts";
import type { QuantizedNetwork, QuantizedNode, Requant } from "../ir/quantized.ts";
import type { EdgeType, IntRange, Shape } from "../ir/tensor.ts";
import { plainAccumulation } from "../layers/accumulate.ts";
import type { Accumulation, NodeIdentity, Target } from "../layers/define.ts";
import { foldRequant, type MultiplierError, withoutZeroBits } from "../layers/fold.ts";
import { layerOf } from "../layers/index.ts";
import { renamed } from "../tasks/fit.ts";
import { chooseScale, type LayerStats, type Quantization } from "./scale.ts";
import { consumersOf, type Unit, unitsOf } from "./units.ts";

/** Real results of every layer (and the input) on the calibration images, by name. */
export type Calibration = ReadonlyMap<string, LayerStats>;

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

export function quantize(
  graph: Graph,
  calibration: Calibration,
  options: QuantizeOptions,
  report: Report,
  probe?: (inputEdge: string) => IntegerProbe,
  onMultipliers?: (node: string, relativeError: number) => void,
): QuantizedNetwork | undefined {
  const q = new Quantizer(graph, calibration, options, report, probe, onMultipliers);
  return q.run();
}

/** Steps towards the means behind an activation; each closes the gap by the share of values that it lets through. */
const ROUNDS = 8;

/** Widest input of a tabulated function: what an edge may have, and a column of block RAMs on a larger device. */
const TABLE_BITS = 16;

class Quantizer {
  readonly #graph: Graph;
  readonly #calibration: Calibration;
  readonly #options: QuantizeOptions;
  readonly #report: Report;
  readonly #probe: IntegerProbe | undefined;
  readonly #edges: Record<string, EdgeType> = Object.create(null);
  readonly #nodes: QuantizedNode[] = [];
  readonly #consumers: ReadonlyMap<string, readonly GraphNode[]>;
  /** The edge that carries a layer's result, by layer name. */
  readonly #edgeOf = new Map<string, string>();
  /** Edges with fewer bits made from others, by edge and bits. */
  readonly #reduced = new Map<string, string>();
  readonly #names = new Set<string>();
  readonly #onMultipliers: ((node: string, relativeError: number) => void) | undefined;
  /** Layers whose results meet others in a join or a concat, and those results. */
  readonly #meeting: ReadonlySet<string>;

  constructor(
    graph: Graph,
    calibration: Calibration,
    options: QuantizeOptions,
    report: Report,
    probe?: (inputEdge: string) => IntegerProbe,
    onMultipliers?: (node: string, relativeError: number) => void,
  ) {
    this.#onMultipliers = onMultipliers;
    this.#graph = graph;
    this.#calibration = calibration;
    this.#options = options;
    this.#report = report;
    this.#consumers = consumersOf(graph);
    this.#meeting = meetingOf(graph);
    this.#probe = probe?.(graph.input.name);
    for (const name of [graph.input.name, ...graph.nodes.map((n) => n.name)]) this.#names.add(name);
  }

  run(): QuantizedNetwork | undefined {
    if (!this.#finite()) return undefined;
    this.#input();
    for (const unit of unitsOf(this.#graph)) {
      const role = layerOf(unit.first.kind).quantize;
      this.#overridesHaveHardware(unit, role.role !== "none");
      if (!this.#zeroExists(unit.first, this.#inputs(unit.first))) return undefined;
      if (role.role === "none") this.#alias(unit);
      else if (role.role === "same" || role.role === "head") this.#whole(unit, role.node, role.role === "head");
      else if (role.role === "join") this.#join(unit, role.join);
      else if (role.role === "table") this.#table(unit, role.value, role.results);
      else if (role.role === "gather") this.#gather(unit, role.node);
      else {
        const bits = this.#operandBits(unit.first);
        const anchored = role.role === "anchor";
        const id = this.#identity(unit, anchored ? bits : undefined);
        const ins = id.inputs.map((e) => this.#edges[e]!);
        this.#anchor(unit, id, anchored ? role.accumulate(unit.first, ins, bits) : plainAccumulation(ins[0]!));
      }
      if (this.#report.failed) return undefined;
    }
    const { task } = this.#graph;
    return {
      name: this.#graph.name,
      input: this.#graph.input,
      inputEdge: this.#graph.input.name,
      edges: { ...this.#edges },
      nodes: this.#nodes,
      outputs: this.#graph.outputs.map((n) => this.#edgeOf.get(n)!),
      ...(task ? { task: renamed(task, (n) => this.#edgeOf.get(n)!) } : {}),
    };
  }

  /** The stored input, and a requantize node behind it where the layers work on other bits or another meaning. */
  #input(): void {
    const { input } = this.#graph;
    const bits = input.storage === "uint16" ? 16 : 8;
    const signed = input.storage === "int8";
    const scale = input.scale[0]!;
    const zeroPoint = -input.offset[0]! / scale;
    const range = signed ? { min: -128, max: 127 } : { min: 0, max: 2 ** bits - 1 };
    const stored: EdgeType = {
      shape: input.shape,
      bits,
      signed,
      scale,
      zeroPoint: signed ? 0 : Math.round(zeroPoint),
      range,
    };
    this.#edges[input.name] = stored;
    this.#edgeOf.set(input.name, input.name);
    const wanted = this.#bitsWanted(input.name);
    const uniform = input.scale.every((s) => s === scale) && input.offset.every((o) => o === input.offset[0]);
    const plain = uniform && !signed && Number.isInteger(zeroPoint) && zeroPoint >= 0 && zeroPoint <= range.max;
    // Integers that already mean what the layers need enter as they are.
    if (plain && wanted >= bits) return;
    const channels = input.shape[2];
    const acc: Accumulation = {
      range,
      gain: input.scale,
      offset: input.offset,
      node: (id, requant) => ({ op: "requant", ...id, requant }),
    };
    const name = this.#freshName(`${input.name}_requantize`);
    const stats = this.#calibration.get(input.name)!;
    const seen = this.#scaleFor(stats, wanted, input.name, ["input"]);
    const quantization = uniform ? this.#exactRatio(seen, scale, wanted) : seen;
    const target = this.#target(
      quantization,
      wanted,
      { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY },
      channels,
    );
    const id: NodeIdentity = {
      name,
      inputs: [input.name],
      output: name,
      layers: [input.name],
      path: ["input"],
      overrides: {},
    };
    const { requant, error } = foldRequant(acc, target);
    this.#multipliers(name, error, ["input"]);
    this.#push(
      acc.node(id, requant),
      this.#typed(input.shape, wanted, quantization, requantArith.range(requant, range)),
    );
    this.#edgeOf.set(input.name, name);
  }

  /** Calibration computes in doubles; what overflows there has no scale. */
  #finite(): boolean {
    for (const { name, path } of this.#graph.nodes) {
      const { min, max } = this.#calibration.get(name)!;
      if (Number.isFinite(min) && Number.isFinite(max)) continue;
      this.#report.error({
        code: "AN4003",
        message: `the results of ${JSON.stringify(name)} are too large to calculate with`,
        path,
        expected: "finite results on the calibration images",
        hint: "look at the weights and at the batch norm's values of this layer",
      });
      return false;
    }
    return true;
  }

  /** Whether products and sums of the requantize step stay exact doubles. */
  #holds(r: Requant, range: IntRange): boolean {
    const largest = Math.max(Math.abs(range.min), Math.abs(range.max));
    const holds = (p: { readonly multiplier: readonly number[]; readonly bias: readonly number[] }) =>
      p.multiplier.every((m, c) => largest * Math.abs(m) + Math.abs(p.bias[c]!) <= 2 ** 52);
    return largest <= 2 ** 52 && holds(r) && (!r.negative || holds(r.negative));
  }

  #exact(unit: Unit, r: Requant, range: IntRange): boolean {
    if (this.#holds(r, range)) return true;
    this.#report.error({
      code: "AN4003",
      message: `the exact integers behind ${JSON.stringify(unit.first.name)} need more than 52 bits`,
      path: unit.first.path,
      expected: `accumulator, multiplier and constant of ${unit.layers.map((l) => JSON.stringify(l.name)).join(", ")} within 52 bits together`,
      hint: "use fewer bits, or look at the weights and the batch norm of these layers",
    });
    return false;
  }

  #freshName(base: string): string {
    let name = base;
    while (this.#names.has(name)) name += "_";
    this.#names.add(name);
    return name;
  }

  /** The edges with one more, in place: a copy for each node of many thousand would take the square of their number. */
  #with(name: string, type: EdgeType): Record<string, EdgeType> {
    this.#edges[name] = type;
    return this.#edges;
  }

  #anchor(unit: Unit, id: NodeIdentity, acc: Accumulation): void {
    const channels = unit.last.shape[2];
    const affine = { scale: new Array<number>(channels).fill(1), offset: new Array<number>(channels).fill(0) };
    for (const layer of unit.affines) {
      const role = layerOf(layer.kind).quantize;
      if (role.role !== "affine") continue;
      const a = role.affine(layer);
      for (let c = 0; c < channels; c++) {
        affine.scale[c] = affine.scale[c]! * a.scale[c]!;
        affine.offset[c] = affine.offset[c]! * a.scale[c]! + a.offset[c]!;
      }
    }
    // Constants of position class k stand at k * channels.
    const classes = acc.gain.length / channels;
    for (const key of ["scale", "offset"] as const)
      affine[key] = Array.from({ length: classes }, () => affine[key]).flat();
    const logits = !unit.activation && classes === 1 && this.#endsNetwork(unit.last);
    const limits = this.#limits(unit);
    const { bits, quantization } = logits
      ? { bits: this.#bitsWanted(unit.last.name), quantization: { scale: 1, zeroPoint: 0 } }
      : limits.result
        ? { bits: limits.result.bits, quantization: limits.result }
        : this.#alike(unit.last, acc, affine.scale);
    const base = this.#target(quantization, bits, limits, channels);
    const target: Target = { ...base, affine, clamp: logits ? null : base.clamp };
    const real = this.#calibration.get(unit.first.name);
    // A standalone affine layer's own mean is its result, not its accumulator.
    const anchored = layerOf(unit.first.kind).quantize.role === "anchor";
    const center =
      anchored && real
        ? acc.gain.map((g, c) => (g === 0 ? 0 : (real.mean[c % channels]! - acc.offset[c]!) / g))
        : undefined;
    const { requant, scale, error } = foldRequant(acc, target, center);
    if (!this.#exact(unit, requant, acc.range)) return;
    this.#multipliers(id.name, error, unit.first.path);
    let node = acc.node(id, requant);
    const shape = unit.last.shape;
    const typeOf = (r: Requant, step = scale): EdgeType => {
      const range = requantArith.range(r, acc.range);
      return logits
        ? { shape, bits: signedBits(range), signed: true, scale: step, zeroPoint: 0, range }
        : this.#typed(shape, bits, quantization, range);
    };
    const wanted = this.#calibration.get(unit.beforeActivation.name);
    // Means of several classes of positions are not told apart.
    const means =
      anchored && classes === 1
        ? this.#probe?.accumulatorMeans(node, this.#with(id.output, typeOf(requant)))
        : undefined;
    let settled = { requant, scale };
    if (means && wanted) {
      settled.requant = matchMeans(requant, means, wanted.mean, scale, quantization.zeroPoint, logits);
      if (!this.#exact(unit, settled.requant, acc.range)) return;
    }
    if (means && unit.activation && !limits.result && !requant.negative && this.#options.mode !== "full")
      settled.requant = this.#matchResults(unit, acc, id, settled.requant, quantization, typeOf);
    if (logits) settled = withoutZeroBits(settled.requant, scale);
    node = acc.node(id, settled.requant);
    this.#push(node, typeOf(settled.requant, settled.scale));
    this.#adopt(unit, id.output);
  }

  /**
   * The same for the results behind the activation, where coarse multipliers leave the means before it right and the
   * results wrong: constants move until the integer means meet the real ones.
   */
  #matchResults(
    unit: Unit,
    acc: Accumulation,
    id: NodeIdentity,
    first: Requant,
    { scale, zeroPoint }: Quantization,
    typeOf: (r: Requant) => EdgeType,
  ): Requant {
    const real = this.#calibration.get(unit.last.name)!.mean;
    let r = first;
    for (let round = 0; round < ROUNDS; round++) {
      const got = this.#probe!.outputMeans(acc.node(id, r), { ...this.#edges, [id.output]: typeOf(r) });
      const bias = r.bias.map((b, c) => b + Math.round((real[c]! / scale + zeroPoint - got[c]!) * 2 ** r.shift));
      const next = { ...r, bias };
      if (!this.#holds(next, acc.range)) break;
      r = next;
    }
    return r;
  }

  #join(
    unit: Unit,
    join: (node: GraphNode, id: NodeIdentity, inputs: readonly EdgeType[], target: Target) => QuantizedNode,
  ): void {
    const { bits, quantization } = this.#chosen(unit.last);
    const limits = this.#limits(unit);
    if (limits.slopes || limits.result) {
      this.#report.error({
        code: "AN4004",
        message: `${unit.activation!.kind} directly behind ${unit.first.kind} is not possible`,
        path: unit.activation!.path,
        expected: "relu, relu6 or no activation behind a join",
      });
      return;
    }
    const target = this.#target(quantization, bits, limits, unit.last.shape[2]);
    const id = this.#identity(unit);
    const node = join(unit.first, id, this.#inputs(unit.first), target);
    this.#push(node, this.#typed(unit.last.shape, bits, quantization, target.clamp!));
    this.#adopt(unit, id.output);
  }

  /** A function of single values, tabulated over the integers of its input. */
  #table(unit: Unit, value: (v: number) => number, results?: IntRange): void {
    const [x] = this.#inputs(unit.first);
    const bits = this.#bitsWanted(unit.last.name);
    if (x!.signed || x!.bits > TABLE_BITS) {
      this.#report.error({
        code: "AN4004",
        message: `${unit.first.kind} reads a value of ${x!.bits} bits`,
        path: unit.first.path,
        expected: `at most ${TABLE_BITS} bits, for which it is tabulated`,
      });
      return;
    }
    const stats = this.#calibration.get(unit.last.name)!;
    const known = results ? { ...stats, min: results.min, max: results.max } : stats;
    const { scale, zeroPoint } = chooseScale(
      known,
      bits,
      results ? "max" : this.#options.method,
      this.#options.percentile,
    );
    const qmax = 2 ** bits - 1;
    const table = Array.from({ length: 2 ** x!.bits }, (_, q) =>
      Math.max(0, Math.min(qmax, Math.floor(value(x!.scale * (q - x!.zeroPoint)) / scale + zeroPoint + 0.5))),
    );
    const id = this.#identity(unit);
    const range = { min: Math.min(...table), max: Math.max(...table) };
    this.#push({ op: "table", ...id, table }, this.#typed(unit.last.shape, bits, { scale, zeroPoint }, range));
    this.#adopt(unit, id.output);
  }

  /** Inputs side by side: each is brought to the one scale of the result, where it does not have it from the start. */
  #gather(unit: Unit, make: (node: GraphNode, id: NodeIdentity) => QuantizedNode): void {
    const { path } = unit.last;
    const { bits, quantization } = this.#chosen(unit.last);
    const free = { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };
    const id = this.#identity(unit);
    const inputs = id.inputs.map((edge) => {
      const type = this.#edges[edge]!;
      const { scale, zeroPoint } = quantization;
      if (type.bits === bits && !type.signed && type.scale === scale && type.zeroPoint === zeroPoint) return edge;
      const { requant, error } = foldRequant(
        plainAccumulation(type),
        this.#target(quantization, bits, free, type.shape[2]),
      );
      const output = this.#freshName(`${edge}_for_${unit.first.name}`);
      this.#multipliers(output, error, path);
      const own: NodeIdentity = { name: output, inputs: [edge], output, layers: [], path, overrides: {} };
      this.#push(
        { op: "requant", ...own, requant },
        this.#typed(type.shape, bits, quantization, requantArith.range(requant, type.range)),
      );
      return output;
    });
    const ranges = inputs.map((e) => this.#edges[e]!.range);
    const range = { min: Math.min(...ranges.map((r) => r.min)), max: Math.max(...ranges.map((r) => r.max)) };
    this.#push(make(unit.first, { ...id, inputs }), this.#typed(unit.last.shape, bits, quantization, range));
    this.#adopt(unit, id.output);
  }

  #whole(unit: Unit, make: (node: GraphNode, id: NodeIdentity) => QuantizedNode, head: boolean): void {
    const [x] = this.#inputs(unit.first);
    const id = this.#identity(unit);
    const { shape } = unit.last;
    const classes = x!.shape[2];
    const type: EdgeType = head
      ? {
          shape,
          bits: Math.max(1, Math.ceil(Math.log2(classes))),
          signed: false,
          scale: 1,
          zeroPoint: 0,
          range: { min: 0, max: classes - 1 },
        }
      : { ...x!, shape, range: this.#padded(unit.first, x!) };
    this.#push(make(unit.first, id), type);
    this.#adopt(unit, id.output);
  }

  /** Range of values that pass through, real zeros included where the layer adds them. */
  #padded(node: GraphNode, x: EdgeType): IntRange {
    const { quantize } = layerOf(node.kind);
    if (quantize.role !== "same" || !quantize.pads) return x.range;
    return { min: Math.min(x.range.min, x.zeroPoint), max: Math.max(x.range.max, x.zeroPoint) };
  }

  /** Folds and operands are a node's: a layer that becomes part of another one has none, and nothing to fold. */
  #overridesHaveHardware({ first, layers }: Unit, isNode: boolean): void {
    for (const { name, path, overrides } of layers) {
      if (isNode && name === first.name) continue;
      for (const key of ["pe", "simd", "pixels", "unroll"] as const)
        if (overrides[key])
          this.#report.error({
            code: "AN5001",
            message: `${JSON.stringify(name)} has no hardware of its own to fold`,
            path: [...path, key],
            expected: isNode ? `${key} at ${JSON.stringify(first.name)}, which it is a part of` : `no ${key} here`,
          });
      // A layer that is nothing at all keeps its bits: they are those of what goes through it.
      if (name !== first.name && overrides.bits !== undefined)
        this.#report.error({
          code: "AN4002",
          message: `${JSON.stringify(name)} is a part of ${JSON.stringify(first.name)} and has no operands of its own`,
          path: [...path, "bits"],
          expected: `bits at ${JSON.stringify(first.name)} for what goes in, at a reader of the result for what comes out`,
        });
    }
  }

  /** Real zeros in the padding need an integer that means zero; edges of -1 and +1 have none. */
  #zeroExists(node: GraphNode, inputs: readonly EdgeType[]): boolean {
    const padding = node.attrs.padding as readonly number[] | undefined;
    const { quantize } = layerOf(node.kind);
    const pads = quantize.role === "anchor" || (quantize.role === "same" && quantize.pads === true);
    if (!pads || !padding || inputs.every((x) => Number.isInteger(x.zeroPoint))) return true;
    const { kernel, stride, dilation } = node.attrs as unknown as WindowAttrs;
    // With ceil_mode the last window may see more than the map.
    const beyond = ([0, 1] as const).some(
      (a) =>
        kernel &&
        (node.shape[a] - 1) * stride[a] + (kernel[a] - 1) * dilation[a] + 1 > padding[a]! + inputs[0]!.shape[a],
    );
    if (!beyond && !padding.some((p) => p > 0)) return true;
    this.#report.error({
      code: "AN4004",
      message: `the padding of ${JSON.stringify(node.name)} is zero, and its input holds only -1 and +1`,
      path: node.path,
      expected: "no padding and no window beyond the map behind sign",
    });
    return false;
  }

  #alias(unit: Unit): void {
    this.#edgeOf.set(unit.first.name, this.#edgeOf.get(unit.first.inputs[0]!)!);
  }

  /** `bits`: the most that the unit takes from its inputs. */
  #identity(unit: Unit, bits?: number): NodeIdentity {
    const { first } = unit;
    return {
      name: first.name,
      inputs: first.inputs.map((n) => (bits === undefined ? this.#edgeOf.get(n)! : this.#operandEdge(n, bits))),
      output: unit.last.name,
      layers: unit.layers.map((l) => l.name),
      path: first.path,
      overrides: first.overrides,
    };
  }

  #inputs(node: GraphNode): EdgeType[] {
    return node.inputs.map((n) => this.#edges[this.#edgeOf.get(n)!]!);
  }

  #push(node: QuantizedNode, type: EdgeType): void {
    this.#edges[node.output] = type;
    this.#nodes.push(node);
    this.#probe?.advance(node, this.#edges);
  }

  #adopt(unit: Unit, edge: string): void {
    for (const l of unit.layers) this.#edgeOf.set(l.name, edge);
  }

  /** Bits that the readers of a layer's result ask for, looking through layers that keep its meaning. */
  #bitsWanted(name: string): number {
    const asked: number[] = [];
    const look = (at: string) => {
      for (const c of this.#consumers.get(at) ?? []) {
        const { role } = layerOf(c.kind).quantize;
        if (c.overrides.bits !== undefined) asked.push(c.overrides.bits);
        else if (role === "same" || role === "none") look(c.name);
        else asked.push(this.#operandBits(c));
      }
    };
    look(name);
    return asked.length > 0 ? Math.max(...asked) : this.#options.bits;
  }

  /**
   * Bits of what a layer reads. More bits cost a join or a mean little and save accuracy; the few multiplying layers
   * of an AdderNet, its first and its last, lose most by few bits.
   */
  #operandBits(node: GraphNode): number {
    const { bits, joinBits, productBits } = this.#options;
    if (node.overrides.bits !== undefined) return node.overrides.bits;
    const { quantize } = layerOf(node.kind);
    const meets = quantize.role === "join" ? "sum" : quantize.role === "anchor" ? quantize.meets : undefined;
    return meets === "sum" ? Math.max(bits, joinBits) : meets === "products" ? Math.max(bits, productBits) : bits;
  }

  /**
   * The edge that an array layer reads: the producer's own, or one with fewer bits where the producer serves readers
   * that want more. Made once for each number of bits.
   */
  #operandEdge(name: string, bits: number): string {
    const edge = this.#edgeOf.get(name)!;
    const type = this.#edges[edge]!;
    if (type.signed || type.bits <= bits) return edge;
    const key = `${edge}/${bits}`;
    const made = this.#reduced.get(key);
    if (made) return made;
    const output = this.#freshName(`${edge}_${bits}bit`);
    const acc = plainAccumulation(type);
    const layer = this.#graph.nodes.find((n) => n.name === name);
    const path = layer?.path ?? ["input"];
    const seen = this.#scaleFor(this.#calibration.get(name)!, bits, name, path);
    const quantization = this.#exactRatio(seen, type.scale, bits);
    const free = { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };
    const { requant, error } = foldRequant(acc, this.#target(quantization, bits, free, type.shape[2]));
    this.#multipliers(output, error, path);
    const id: NodeIdentity = { name: output, inputs: [edge], output, layers: [name], path, overrides: {} };
    this.#push(
      acc.node(id, requant),
      this.#typed(type.shape, bits, quantization, requantArith.range(requant, type.range)),
    );
    this.#reduced.set(key, output);
    return output;
  }

  /** Nothing but an index or the network's end reads the result. */
  #endsNetwork(node: GraphNode): boolean {
    const next = this.#consumers.get(node.name)!;
    return next.every((c) => {
      const { role } = layerOf(c.kind).quantize;
      return role === "head" || ((role === "none" || c.kind === "flatten") && this.#endsNetwork(c));
    });
  }

  #limits(unit: Unit): {
    lower: number;
    upper: number;
    slopes?: readonly number[];
    result?: { readonly bits: number; readonly scale: number; readonly zeroPoint: number };
  } {
    const role = unit.activation && layerOf(unit.activation.kind).quantize;
    const a = role?.role === "activation" ? role.activation(unit.activation!) : {};
    return {
      lower: a.lower ?? Number.NEGATIVE_INFINITY,
      upper: a.upper ?? Number.POSITIVE_INFINITY,
      ...(a.negativeSlope ? { slopes: a.negativeSlope } : {}),
      ...(a.result ? { result: a.result } : {}),
    };
  }

  #target(
    { scale, zeroPoint }: { scale: number; zeroPoint: number },
    bits: number,
    limits: { lower: number; upper: number; slopes?: readonly number[] },
    channels: number,
  ): Target {
    const qmax = 2 ** bits - 1;
    const at = (v: number) => Math.floor(v / scale + zeroPoint + 0.5);
    return {
      scale,
      zeroPoint,
      clamp: { min: Math.max(0, Math.min(qmax, at(limits.lower))), max: Math.max(0, Math.min(qmax, at(limits.upper))) },
      affine: { scale: new Array<number>(channels).fill(1), offset: new Array<number>(channels).fill(0) },
      ...(limits.slopes ? { negativeSlope: limits.slopes } : {}),
      mode: this.#options.mode,
      multiplierBits: this.#options.multiplierBits,
    };
  }

  /** Bits and scale of a layer's result; those of a concat where nothing else reads it, so that it is rounded once. */
  #chosen(layer: GraphNode): { bits: number; quantization: Quantization } {
    const { name, path } = this.#onlyConcat(layer) ?? layer;
    const bits = this.#bitsWanted(name);
    return { bits, quantization: this.#scaleFor(this.#calibration.get(name)!, bits, name, path) };
  }

  /** The same behind an accumulation; where all channels have one gain, a scale under which no mode rounds it. */
  #alike(layer: GraphNode, acc: Accumulation, scale: readonly number[]) {
    const chosen = this.#chosen(layer);
    const gains = acc.gain.map((g, c) => Math.abs(g * scale[c]!));
    if (this.#meeting.has(layer.name) || gains[0] === 0 || gains.some((g) => g !== gains[0])) return chosen;
    return { ...chosen, quantization: this.#exactRatio(chosen.quantization, gains[0]!, chosen.bits) };
  }

  /** A scale that is `base` times a power of two, in the modes that multiply by nothing else. */
  #exactRatio(chosen: Quantization, base: number, bits: number): Quantization {
    return this.#options.mode === "full" ? chosen : stepsApart(chosen, base, bits);
  }

  #multipliers(node: string, { relative, channel }: MultiplierError, path: GraphNode["path"]): void {
    this.#onMultipliers?.(node, relative);
    if (relative <= EXPECTED[this.#options.mode]) return;
    this.#report.warn({
      code: "AN4006",
      message: `the multiplier of channel ${channel} of ${JSON.stringify(node)} is ${(relative * 100).toPrecision(2)} % off`,
      path,
      expected: `at most ${EXPECTED[this.#options.mode] * 100} % in mode "${this.#options.mode}"`,
      hint: "the gains of the layer's channels are far apart: more multiplier bits, or look at its batch norm",
    });
  }

  /** The concat that alone reads a layer's result, through layers that keep its integers. */
  #onlyConcat(layer: GraphNode): GraphNode | undefined {
    const [next, ...more] = this.#consumers.get(layer.name) ?? [];
    if (!next || more.some((c) => c !== next) || this.#graph.outputs.includes(layer.name)) return undefined;
    const { role } = layerOf(next.kind).quantize;
    if (role === "gather") return this.#onlyConcat(next) ?? next;
    return role === "same" || role === "none" ? this.#onlyConcat(next) : undefined;
  }

  #scaleFor(stats: LayerStats, bits: number, name: string, path: GraphNode["path"]): Quantization {
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

  #typed(
    shape: Shape,
    bits: number,
    { scale, zeroPoint }: { scale: number; zeroPoint: number },
    range: IntRange,
  ): EdgeType {
    return { shape, bits, signed: false, scale, zeroPoint, range };
  }
}

/** Layers whose results meet others in a join or a concat, through layers that keep their integers, and those results. */
function meetingOf(graph: Graph): ReadonlySet<string> {
  const byName = new Map(graph.nodes.map((n) => [n.name, n]));
  const consumers = consumersOf(graph);
  const meeting = new Set<string>();
  const roleOf = (n: GraphNode) => layerOf(n.kind).quantize.role;
  for (const node of graph.nodes) {
    if (roleOf(node) !== "join" && roleOf(node) !== "gather") continue;
    meeting.add(node.name);
    // The activation behind a join is a part of it.
    for (const next of consumers.get(node.name)!) if (roleOf(next) === "activation") meeting.add(next.name);
    for (const input of node.inputs)
      for (let at: string | undefined = input; at !== undefined && !meeting.has(at); ) {
        meeting.add(at);
        const from = byName.get(at);
        at = from && (roleOf(from) === "same" || roleOf(from) === "none") ? from.inputs[0] : undefined;
      }
  }
  return meeting;
}

/** What a multiplier is off at most where the layer's gains are not too far apart for the mode. */
const EXPECTED = { full: 0.01, csd2: 0.1, pow2: 0.34 } as const;

/** Share of a range that a scale may clip rather than being doubled. */
const CLIPPED = 0.05;

/** The scale that is `base` times a power of two and next above, with the zero point where it was. */
function stepsApart({ scale, zeroPoint }: Quantization, base: number, bits: number): Quantization {
  const wider = base * 2 ** Math.ceil(Math.log2((scale * (1 - CLIPPED)) / base));
  return { scale: wider, zeroPoint: Math.min(2 ** bits - 1, Math.round((zeroPoint * scale) / wider)) };
}

function signedBits(r: IntRange): number {
  let bits = 1;
  while (-(2 ** (bits - 1)) > r.min || 2 ** (bits - 1) - 1 < r.max) bits++;
  return bits;
}

/**
 * Sets each channel's constant so that the mean of the integer results before the activation equals the mean of the
 * real ones: rounding of weights, activations and multipliers leaves no offset behind.
 */
function matchMeans(
  r: Requant,
  acc: Float64Array,
  real: Float64Array,
  scale: number,
  zeroPoint: number,
  logits: boolean,
): Requant {
  const unit = logits ? 1 : 2 ** r.shift;
  const bias = r.multiplier.map((m, c) => {
    // Raw results are not shifted: their own rounding half.
    const wanted = real[c]! / scale + (logits ? 0.5 : zeroPoint + 0.5);
    return Math.floor(wanted * unit - acc[c]! * m);
  });
  if (!r.negative) return { ...r, bias };
  return {
    ...r,
    bias,
    negative: {
      ...r.negative,
      bias: r.negative.bias.map(
        (b, c) =>
          b +
          Math.round((bias[c]! - r.bias[c]!) * (r.multiplier[c] ? r.negative!.multiplier[c]! / r.multiplier[c]! : 0)),
      ),
    },
  };
}
