// The layers of a description as nodes of the integer network.
import {
  bitsFor,
  clampTo,
  mac,
  rangeOfBits,
  requant,
  sad,
  signedBitsFor,
  unionAll,
} from "../../../golden/arith/index.ts";
import type { Report } from "../../diagnostics/diagnostics.ts";
import type { WindowAttrs } from "../../ir/graph.ts";
import type { QuantizedNetwork, QuantizedNode, Requant } from "../../ir/quantized.ts";
import type { EdgeType, IntRange, Shape } from "../../ir/tensor.ts";
import { ArrayFault, ArraySource } from "./arrays.ts";
import { quotient } from "./requant.ts";
import type { ArrayRef, Constants, Description, Layer } from "./schema.ts";

type Of<K extends Layer["kind"]> = Extract<Layer, { readonly kind: K }>;
type Array2 = Of<"adder_conv2d"> | Of<"conv2d"> | Of<"adder_linear"> | Of<"linear">;

/** What nodes of every op have. */
interface Base {
  name: string;
  inputs: string[];
  output: string;
  layers: string[];
  path: (string | number)[];
  overrides: object;
}

/** Bits of an edge between nodes. */
const EDGE_BITS = 16;

/** What a layer's fault is and which field it lies in. */
class Fault extends Error {
  readonly field: readonly (string | number)[];
  readonly expected: string | undefined;
  readonly found: string | undefined;
  constructor(field: readonly (string | number)[], message: string, expected?: string, found?: string) {
    super(message);
    [this.field, this.expected, this.found] = [field, expected, found];
  }
}

const two = (v: number | readonly [number, number] | undefined, none: number): readonly [number, number] =>
  v === undefined ? [none, none] : typeof v === "number" ? [v, v] : v;

function margins(p: Of<"pad">["padding"] | undefined): readonly [number, number, number, number] {
  if (p === undefined) return [0, 0, 0, 0];
  if (typeof p === "number") return [p, p, p, p];
  return p.length === 2 ? [p[0], p[1], p[0], p[1]] : p;
}

function windowOf(
  layer: Of<"adder_conv2d"> | Of<"conv2d"> | Of<"max_pool2d"> | Of<"avg_pool2d">,
  step: "kernel" | "one",
): WindowAttrs {
  const kernel = two(layer.kernel, 1);
  return {
    kernel: [...kernel],
    stride: layer.stride === undefined && step === "kernel" ? [...kernel] : [...two(layer.stride, 1)],
    dilation: [...two(layer.dilation, 1)],
    padding: [...margins(layer.padding)],
    groups: "groups" in layer ? (layer.groups ?? 1) : 1,
  };
}

const point: WindowAttrs = { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding: [0, 0, 0, 0], groups: 1 };

function outSize({ kernel, stride, dilation, padding }: WindowAttrs, [h, w]: Shape): [number, number] {
  const size = (n: number, a: 0 | 1) =>
    Math.floor((n + padding[a] + padding[a + 2]! - dilation[a] * (kernel[a] - 1) - 1) / stride[a]) + 1;
  const out: [number, number] = [size(h, 0), size(w, 1)];
  if (out[0] < 1 || out[1] < 1) throw new Fault(["kernel"], "the window is larger than the map", `at most ${h} x ${w}`);
  return out;
}

/** Builds node by node; the first fault of each layer is reported, and the network ends there. */
export function integerNetwork(
  description: Description,
  read: (path: string) => Uint8Array,
  report: Report,
): { readonly net: QuantizedNetwork; readonly notes: readonly string[] } | undefined {
  const builder = new Builder(description, read);
  for (const [i, layer] of description.layers.entries()) {
    try {
      builder.layer(layer, i);
    } catch (e) {
      if (!(e instanceof Fault)) throw e;
      report.error({
        code: "AN9005",
        message: `layer ${JSON.stringify(builder.nameOf(layer, i))}: ${e.message}`,
        path: ["layers", i, ...e.field],
        ...(e.expected === undefined ? {} : { expected: e.expected }),
        ...(e.found === undefined ? {} : { found: e.found }),
      });
      return undefined;
    }
  }
  return builder.done(report);
}

class Builder {
  readonly #description: Description;
  readonly #arrays: ArraySource;
  readonly #edges: Record<string, EdgeType> = Object.create(null);
  readonly #nodes: QuantizedNode[] = [];
  /** The edge of a layer's result, by the layer's name. */
  readonly #edgeOf = new Map<string, string>();
  /** Maps whose channels lie one behind the other on an edge, where the order of weights is another. */
  readonly #flattened = new Map<string, Shape>();
  #last: string;

  constructor(description: Description, read: (path: string) => Uint8Array) {
    this.#description = description;
    this.#arrays = new ArraySource(read, description.weights);
    const { shape, storage = "uint8", scale = 1 } = description.input;
    const signed = storage === "int8";
    const bits = storage === "uint16" ? 16 : 8;
    const range = rangeOfBits(bits, signed);
    this.#edges.input = { shape: [...shape], bits, signed, scale, zeroPoint: 0, range };
    this.#last = "input";
    this.#edgeOf.set("input", "input");
    if (!signed) return;
    // Between nodes integers are unsigned: -128 is carried as 0.
    const name = "input_unsigned";
    const constants = { multiplier: [1], bias: [128], shift: 0, mode: "pow2" as const };
    const all = { ...constants, multiplier: each(shape[2], 1), bias: each(shape[2], 128), clamp: rangeOfBits(8) };
    this.#nodes.push({ op: "requant", ...this.#base(name, ["input"], [], ["input"]), requant: all });
    this.#edges[name] = { shape: [...shape], bits: 8, signed: false, scale, zeroPoint: 128, range: rangeOfBits(8) };
    this.#edgeOf.set("input", name);
  }

  nameOf(layer: Layer, i: number): string {
    return layer.name ?? `${layer.kind}_${i}`;
  }

  #base(
    output: string,
    inputs: readonly string[],
    layers: readonly string[],
    path: readonly (string | number)[],
  ): Base {
    return { name: output, inputs: [...inputs], output, layers: [...layers], path: [...path], overrides: {} };
  }

  layer(layer: Layer, i: number): void {
    const name = this.nameOf(layer, i);
    if (this.#edgeOf.has(name)) throw new Fault(layer.name === undefined ? [] : ["name"], "its name is taken");
    const from = (layer.inputs ?? [this.#last]).map((n, k) => {
      const edge = this.#edgeOf.get(n);
      if (edge === undefined)
        throw new Fault(["inputs", k], `it reads ${JSON.stringify(n)}, which no layer before it is called`);
      return edge;
    });
    const joins = layer.kind === "add" || layer.kind === "concat";
    if (joins ? from.length < 2 : from.length !== 1)
      throw new Fault(
        ["inputs"],
        `${layer.kind} reads ${joins ? "two layers or more" : "one layer"}`,
        undefined,
        `${from.length}`,
      );
    for (const edge of from) {
      if (this.#edges[edge]!.signed && !["argmax", "flatten"].includes(layer.kind))
        throw new Fault([], "what it reads has no clamp", '"clamp": [smallest, largest] at the layer before');
      const map = this.#flattened.get(edge);
      if (map && layer.kind !== "linear" && layer.kind !== "adder_linear")
        throw new Fault(
          [],
          "a flattened map is in another order here than in the network it comes from",
          'dense layers behind it, or "layout": "channels_last"',
        ); // prettier-ignore
    }
    const base = this.#base(name, from, [name], ["layers", i]);
    this.#last = name;
    this.#edgeOf.set(name, name);
    try {
      this.#make(
        layer,
        base,
        from.map((e) => this.#edges[e]!),
      ); // prettier-ignore
    } catch (e) {
      if (e instanceof ArrayFault) throw new Fault([], e.message, e.expected, e.found);
      throw e;
    }
  }

  #make(layer: Layer, base: Base, inputs: readonly EdgeType[]): void {
    const x = inputs[0]!;
    switch (layer.kind) {
      case "adder_conv2d":
      case "conv2d":
      case "adder_linear":
      case "linear":
        this.#weighted(layer, base, x);
        return;
      case "requantize": {
        // What the integers mean without their zero point.
        const range = { min: x.range.min - x.zeroPoint, max: x.range.max - x.zeroPoint };
        const zero = x.zeroPoint;
        const q = this.#requant(layer, x.shape[2], range, (m, b) => b - m * zero);
        this.#push({ op: "requant", ...base, requant: q.requant }, x.shape, q);
        return;
      }
      case "avg_pool2d": {
        const window = windowOf(layer, "kernel");
        const taps = window.kernel[0] * window.kernel[1];
        const acc = { min: 0, max: taps * (2 ** x.bits - 1) };
        const lift = taps * x.zeroPoint;
        const range = { min: acc.min - lift, max: acc.max - lift };
        const q = this.#requant(layer, x.shape[2], range, (m, b) => b - m * lift);
        const shape: Shape = [...outSize(window, x.shape), x.shape[2]];
        this.#push({ op: "avg_pool", ...base, window, accRange: acc, requant: q.requant }, shape, q);
        return;
      }
      case "max_pool2d": {
        const window = windowOf(layer, "kernel");
        const shape: Shape = [...outSize(window, x.shape), x.shape[2]];
        this.#nodes.push({ op: "max_pool", ...base, window });
        this.#edges[base.output] = { ...x, shape };
        return;
      }
      case "add":
        this.#add(layer, base, inputs);
        return;
      case "concat": {
        const [h, w] = x.shape;
        if (inputs.some((e) => e.shape[0] !== h || e.shape[1] !== w))
          throw new Fault(["inputs"], "maps of several sizes");
        const other = inputs.find((e) => e.bits !== x.bits || e.zeroPoint !== x.zeroPoint || e.scale !== x.scale);
        if (other)
          throw new Fault(["inputs"], "its inputs have several clamps or scales", "one clamp and one scale for all");
        const channels = inputs.reduce((sum, e) => sum + e.shape[2], 0);
        this.#nodes.push({ op: "concat", ...base });
        this.#edges[base.output] = { ...x, shape: [h, w, channels], range: unionAll(inputs.map((e) => e.range)) };
        return;
      }
      case "upsample": {
        const factor = two(layer.factor, 1);
        this.#nodes.push({ op: "upsample", ...base, factor: [...factor] });
        this.#edges[base.output] = { ...x, shape: [x.shape[0] * factor[0], x.shape[1] * factor[1], x.shape[2]] };
        return;
      }
      case "pad": {
        const window = { ...point, padding: [...margins(layer.padding)] as [number, number, number, number] };
        const shape: Shape = [...outSize(window, x.shape), x.shape[2]];
        this.#nodes.push({ op: "pad", ...base, window });
        const range = { min: Math.min(x.range.min, x.zeroPoint), max: Math.max(x.range.max, x.zeroPoint) };
        this.#edges[base.output] = { ...x, shape, range };
        return;
      }
      case "flatten":
        this.#flatten(base.output, base.inputs[0]!, base.layers, base.path);
        return;
      case "argmax": {
        if (x.shape[0] * x.shape[1] !== 1) throw new Fault([], "its input is a map", "a vector");
        const range = { min: 0, max: x.shape[2] - 1 };
        const bits = Math.max(1, bitsFor(range));
        this.#nodes.push({ op: "argmax", ...base });
        this.#edges[base.output] = { shape: [1, 1, 1], bits, signed: false, scale: 1, zeroPoint: 0, range };
      }
    }
  }

  #flatten(name: string, from: string, layers: readonly string[], path: readonly (string | number)[]): void {
    const x = this.#edges[from]!;
    const [h, w, c] = x.shape;
    this.#nodes.push({ op: "reshape", ...this.#base(name, [from], layers, path) });
    this.#edges[name] = { ...x, shape: [1, 1, h * w * c] };
    if (this.#description.layout !== "channels_last" && h * w > 1 && c > 1) this.#flattened.set(name, x.shape);
  }

  #weighted(layer: Array2, base: Base, before: EdgeType): void {
    let x = before;
    const dense = layer.kind === "adder_linear" || layer.kind === "linear";
    const window = dense ? point : windowOf(layer, "one");
    const outputs = dense ? layer.units : layer.filters;
    const { groups } = window;
    if (dense && x.shape[0] * x.shape[1] > 1) {
      let name = `${base.name}_flat`;
      while (this.#edges[name]) name += "_";
      this.#flatten(name, base.inputs[0]!, [], base.path);
      base.inputs[0] = name;
      x = this.#edges[name]!;
    }
    const channels = x.shape[2] / groups;
    if (!Number.isInteger(channels) || outputs % groups !== 0)
      throw new Fault(["groups"], `${groups} groups of ${x.shape[2]} channels and ${outputs} filters`);
    const map = this.#flattened.get(base.inputs[0]!);
    const pixel: Shape = dense ? (map ?? [1, 1, channels]) : [window.kernel[0], window.kernel[1], channels];
    const rows = this.#rows(layer, outputs, pixel);
    const out: Shape = dense ? [1, 1, outputs] : [...outSize(window, x.shape), outputs];
    if (layer.kind === "adder_conv2d" || layer.kind === "adder_linear") {
      // |x - w| of a w outside what x can be: clamped, and the rest is a constant of the row.
      const holds = rangeOfBits(x.bits);
      const excess = rows.map((row) =>
        row.reduce((sum, w) => sum + Math.abs(w + x.zeroPoint - clampTo(w + x.zeroPoint, holds)), 0),
      );
      const inside = rows.map((row) => Int32Array.from(row, (w) => clampTo(w + x.zeroPoint, holds)));
      const accRange = sad.partialRange(holds, inside);
      const range = { min: 0, max: accRange.max + Math.max(...excess) };
      const q = this.#requant(layer, outputs, range, (m, b, c) => b + m * excess[c]!);
      const weights = { rows: inside, bits: x.bits, signed: false };
      this.#push({ op: "sad", ...base, window, weights, accRange, requant: q.requant }, out, q);
      return;
    }
    const ints = rows.map((row) => Int32Array.from(row));
    const accRange = mac.partialRange(rangeOfBits(x.bits), ints);
    const bits = Math.max(
      2,
      ...ints.map((row) =>
        row.reduce((most, w) => Math.max(most, signedBitsFor({ min: Math.min(w, 0), max: Math.max(w, 0) })), 2),
      ),
    );
    if (bits > EDGE_BITS) throw new Fault(["weights"], "a weight needs more than 16 bits");
    const lift = ints.map((row) => x.zeroPoint * row.reduce((sum, w) => sum + w, 0));
    const range = { min: accRange.min - Math.max(0, ...lift), max: accRange.max - Math.min(0, ...lift) };
    const q = this.#requant(layer, outputs, range, (m, b, c) => b - m * lift[c]!);
    const weights = { rows: ints, bits, signed: true };
    this.#push({ op: "mac", ...base, window, weights, accRange, requant: q.requant }, out, q);
  }

  /** Rows of weights in the order (row, column, channel). */
  #rows(layer: Array2, outputs: number, [h, w, c]: Shape): Float64Array[] {
    const taps = h * w * c;
    const got = this.#arrays.read(layer.weights, outputs * taps);
    const first = this.#description.layout !== "channels_last";
    const dense = layer.kind === "adder_linear" || layer.kind === "linear";
    const wanted = dense ? [outputs, taps] : first ? [outputs, c, h, w] : [outputs, h, w, c];
    if (got.shape ? got.shape.join() !== wanted.join() : got.data.length !== outputs * taps)
      throw new Fault(
        ["weights"],
        "the weights have the wrong shape",
        `[${wanted.join(", ")}]`,
        `[${got.shape!.join(", ")}]`,
      );
    const far = got.data.find((v) => Math.abs(v) > 2 ** 30);
    if (far !== undefined) throw new Fault(["weights"], `the weight ${far} is out of range`, "at most 31 bits");
    return Array.from({ length: outputs }, (_, o) =>
      Float64Array.from(
        { length: taps },
        (_, k) => got.data[o * taps + (first ? (k % c) * h * w + Math.floor(k / c) : k)]!,
      ),
    );
  }

  #add(layer: Of<"add">, base: Base, inputs: readonly EdgeType[]): void {
    const x = inputs[0]!;
    if (inputs.some((e) => e.shape.join() !== x.shape.join())) throw new Fault(["inputs"], "maps of several shapes");
    const multipliers = layer.multiplier ?? inputs.map(() => 1);
    if (multipliers.length !== inputs.length)
      throw new Fault(["multiplier"], "one multiplier an input", `${inputs.length}`, `${multipliers.length}`);
    if (layer.divisor !== undefined && !Number.isInteger(Math.log2(layer.divisor)))
      throw new Fault(["divisor"], "the divisor of a sum is a power of two");
    const ends = (key: "min" | "max") =>
      inputs.reduce((sum, e, i) => sum + multipliers[i]! * (e.range[key] - e.zeroPoint), 0);
    const range = { min: ends("min"), max: ends("max") };
    const all = { ...layer, multiplier: 1 };
    const q = this.#requant(all, 1, range, (_, b) => b, layer.clamp ?? undefined);
    const lift = inputs.reduce((sum, e, i) => sum + multipliers[i]! * e.zeroPoint, 0);
    const factor = q.requant.multiplier[0]!;
    const constants = { multipliers: multipliers.map((m) => m * factor), bias: q.requant.bias[0]! - lift * factor };
    if (!q.requant.clamp) throw new Fault(["clamp"], "the sum has no clamp");
    const { shift, clamp } = q.requant;
    this.#push({ op: "add", ...base, ...constants, shift, clamp }, x.shape, q);
  }

  #list(ref: ArrayRef | undefined, none: number, count: number, field: string): number[] {
    if (ref === undefined) return each(count, none);
    const { data, shape } = this.#arrays.read(ref, count);
    if (data.length === 1) return each(count, data[0]!);
    if (data.length !== count)
      throw new Fault(
        [field],
        `${field} has the wrong length`,
        `one value or ${count}`,
        `[${(shape ?? [data.length]).join(", ")}]`,
      );
    return [...data];
  }

  /**
   * The requantize step of a layer for sums of `range`. `constant` brings a channel's constant from the sum that is meant
   * to the one that is computed. A result that may be negative is carried above its zero point.
   */
  #requant(
    layer: Constants,
    channels: number,
    range: IntRange,
    constant: (m: number, b: number, c: number) => number,
    given = layer.clamp,
  ): { readonly requant: Requant; readonly zeroPoint: number; readonly scale: number } {
    const multiplier = this.#list(layer.multiplier, 1, channels, "multiplier");
    const bias = this.#list(layer.bias, 0, channels, "bias");
    const shift = this.#list(layer.shift, 0, channels, "shift");
    const { divisor = 1, round = "floor", scale = 1 } = layer;
    if (given && given[0] > given[1]) throw new Fault(["clamp"], "the clamp is empty", "[smallest, largest]");
    // Behind a clamp at 0 both are 0 for what is negative.
    if (round === "truncate" && !(given && given[0] >= 0))
      throw new Fault(["round"], "truncation towards zero of negative results", 'a clamp from 0 up, or "floor"');
    const plain = quotient({ multiplier, bias, shift, divisor, round }, range, 0);
    const reached = requant.range({ ...plain, clamp: given ? { min: given[0], max: given[1] } : null }, range);
    const zeroPoint = Math.max(0, -(given ? given[0] : reached.min));
    const top = (given ? given[1] : reached.max) + zeroPoint;
    const raw = given === null || (given === undefined && bitsFor({ min: 0, max: top }) > EDGE_BITS);
    const lifted = quotient({ multiplier, bias, shift, divisor, round }, range, raw ? 0 : zeroPoint);
    const moved = { ...lifted, bias: lifted.bias.map((b, c) => constant(lifted.multiplier[c]!, b, c)) };
    if (moved.bias.some((b) => Math.abs(b) > 2 ** 52))
      throw new ArrayFault("the exact integers need more than 52 bits", "smaller multipliers or shifts");
    if (raw) return { requant: { ...moved, clamp: null }, zeroPoint: 0, scale };
    const low = given ? given[0] : reached.min;
    if (bitsFor({ min: 0, max: top }) > EDGE_BITS)
      throw new Fault(
        ["clamp"],
        "the results need more than 16 bits",
        '"clamp": [smallest, largest]',
        `${low} to ${top - zeroPoint}`,
      );
    return { requant: { ...moved, clamp: { min: Math.max(0, low + zeroPoint), max: top } }, zeroPoint, scale };
  }

  #push(
    node: QuantizedNode,
    shape: Shape,
    q: { readonly requant: Requant; readonly zeroPoint: number; readonly scale: number },
  ): void {
    const { requant: r, zeroPoint, scale } = q;
    const [a] = node.inputs.map((e) => this.#edges[e]!);
    const acc = "accRange" in node ? node.accRange : a!.range;
    this.#nodes.push(node);
    if (r.clamp) {
      const range = r.clamp;
      const bits = Math.max(1, bitsFor(range));
      this.#edges[node.output] = { shape: [...shape], bits, signed: false, scale, zeroPoint, range };
      return;
    }
    const range = requant.range(r, acc);
    const bits = signedBitsFor(range);
    this.#edges[node.output] = { shape: [...shape], bits, signed: true, scale, zeroPoint: 0, range };
  }

  done(report: Report): { readonly net: QuantizedNetwork; readonly notes: readonly string[] } | undefined {
    const { name, input, outputs = [this.#last] } = this.#description;
    const edges = outputs.map((o, i) => {
      const edge = this.#edgeOf.get(o);
      if (edge === undefined || o === "input")
        report.error({ code: "AN9005", message: `no layer is called ${JSON.stringify(o)}`, path: ["outputs", i] });
      else if (this.#flattened.has(edge))
        report.error({
          code: "AN9005",
          message: `the flattened map ${JSON.stringify(o)} would leave in another order than in the network it comes from`,
          path: ["outputs", i],
          expected: 'the map itself, or "layout": "channels_last"',
        });
      return edge!;
    });
    if (report.failed) return undefined;
    const read = new Set([...edges, ...this.#nodes.flatMap((n) => n.inputs)]);
    const unread = this.#nodes.find((n) => !read.has(n.output));
    if (unread) {
      report.error({
        code: "AN9005",
        message: `nothing reads ${JSON.stringify(unread.name)}, and it is not an output`,
        path: unread.path,
      });
      return undefined;
    }
    const channels = input.shape[2];
    const notes = [...this.#arrays.rests()].map(
      ([path, bytes]) => `${bytes} bytes at the end of ${path} were not read`,
    );
    const net: QuantizedNetwork = {
      name,
      input: {
        name: "input",
        shape: [...input.shape],
        storage: input.storage ?? "uint8",
        scale: each(channels, input.scale ?? 1),
        offset: each(channels, 0),
      },
      inputEdge: "input",
      edges: { ...this.#edges },
      nodes: this.#nodes,
      outputs: edges,
    };
    return { net, notes };
  }
}

const each = (count: number, value: number): number[] => new Array<number>(count).fill(value);
